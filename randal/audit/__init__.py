"""Proving that a history is as it was written. The chain itself is `randal.history.chain`; what stands here:

- pure, without database or settings, so that an auditor runs it on an exported file: `verifying` (one pass over the
  records, the report), `items` (one item's chain), `bends` (what can be wrong, and the texts), `proofs` (checkpoints),
  `tokens` (timestamps, RFC 3161), `reading` (the exported file), `__main__` (his command line);
- in the application: `checkpoints` (sealing all heads once a day), `exporting` (the tables as records, and as a file),
  `examining` (verifying what the database holds, and remembering what came of it).
"""

"""Names that were promised to the outside before what they name moved. Nothing inside imports them."""

"""Why a file was not read. Each is an Indonesian sentence for whoever sent it. Standard library alone: the child has it."""

from __future__ import annotations

ELSEWHERE = (
    "Periksa di komputer sendiri dengan «flask randal verify», "
    "atau simpan ulang berkasnya lebih sederhana lalu kirim lagi."
)
TOO_COMPLEX = f"Berkas ini terlalu rumit untuk diperiksa di sini. {ELSEWHERE}"


class Unreadable(ValueError):
    """The file cannot be read; the text says what to do. `locked`: by a password, so nothing else can be said of it."""

    locked = False


class Locked(Unreadable):
    locked = True


class TooComplex(Unreadable):
    """It would have cost more than its kind may. `cause`: cpu, wall, memory, output, or the signal that ended the child."""

    def __init__(self, cause: str, sentence: str = TOO_COMPLEX):
        super().__init__(sentence)
        self.cause = cause


class Busy(Unreadable):
    """Nothing is wrong with the file: no turn was free within the time. It may be sent again."""

    def __init__(
        self, sentence: str = "Sedang banyak berkas yang diperiksa. Tunggu sebentar, lalu kirim lagi."
    ):
        super().__init__(sentence)


class Unavailable(Busy):
    """The server that reads files cannot be started or does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "Pemeriksa berkas sedang tidak dapat dijalankan. Coba lagi sebentar, atau hubungi Admin Sistem."
        )

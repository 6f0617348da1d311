from randal.models.deadlines import ANCHORS, MET_BY, WHO
from randal.schemas import forms


class DeadlineForm(forms.Base):
    name = forms.text("Nama laporan", max=120, help="Misalnya: Laporan bulanan PPK, Formulir A (PP 39/2006).")
    who = forms.choice("Disampaikan oleh", WHO)
    anchor = forms.choice("Dihitung dari", ANCHORS)
    working_days = forms.whole("Hari kerja sesudahnya", max=90)
    remind_before = forms.whole(
        "Diingatkan sebelum tenggat (hari kerja)", max=30, help="Pada harinya diingatkan sekali lagi."
    )
    met_by = forms.choice(
        "Terpenuhi bila",
        MET_BY,
        required=False,
        help="Laporan PPK terpenuhi oleh laporannya sendiri, apa pun pilihan ini.",
    )
    since = forms.month("Berlaku sejak periode", help="Periode sebelum ini tidak dihitung terlambat.")
    basis = forms.prose(
        "Dasar", required=False, max=2000, help="Misalnya pasal peraturan atau nomor surat edaran."
    )
    active = forms.flag("Berlaku")


class MarkForm(forms.Base):
    period = forms.month("Periode", help="Bulan terakhir triwulannya, misalnya 2018-06.")
    dated_on = forms.day(
        "Disampaikan pada", required=False, help="Kosong: hari ini. Keterlambatan dihitung dari tanggal ini."
    )
    note = forms.text("Nomor surat atau buktinya", required=False, max=250)

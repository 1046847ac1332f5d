package rule

// sunday: nobody is sent elsewhere on a Sunday or public holiday, on which nobody
// works but for the exceptions of § 10 ArbZG (§ 9 (1) ArbZG).
func sunday(b *Book, e, t, c int) bool { return b.days[t].rest && c != b.in.Staff[e].Home }

// saturday: on a Saturday only volunteers and mobile teams are sent elsewhere,
// unless the city has agreed otherwise.
func saturday(b *Book, e, t, c int) bool {
	s := &b.in.Staff[e]
	return b.days[t].saturday && c != s.Home && !s.Mobile && !s.Volunteer && !b.in.Saturdays.Anyone
}

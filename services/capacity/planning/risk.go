package planning

// risk is what is known to be uncovered at one centre on one day although its
// minutes may do.
type risk struct {
	minutes int32
	skills  uint16
	// present minutes of these skills in the previous plan: what comes on top
	// serves what is at risk.
	present int32
	price   float64 // points per minute, the mean of the skills'
}

// left is what stays at risk with the minutes of each profile present.
func (k risk) left(profiles []uint16, minutes []int32) int32 {
	here := int32(0)
	for i, m := range minutes {
		if profiles[i]&k.skills != 0 {
			here += m
		}
	}
	return k.minutes - min(k.minutes, max(0, here-k.present))
}

// newRisks reads what the instance knows; nil when it knows nothing.
func (b *board) newRisks() map[int]risk {
	in := b.in
	if in.Uncovered == nil {
		return nil
	}
	all := map[int]risk{}
	for c, rows := range in.Uncovered {
		for s, row := range rows {
			for t, m := range row {
				if m <= 0 {
					continue
				}
				k := all[c*b.T+t]
				points := k.price*float64(k.minutes) + float64(m)*in.Weights.UncoveredSlot/in.SlotMinutes[s]
				k.minutes += int32(m)
				k.price = points / float64(k.minutes)
				k.skills |= 1 << s
				all[c*b.T+t] = k
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	for e := range in.Staff {
		for t, m := range in.Avail[e] {
			if m <= 0 {
				continue
			}
			i := in.before(e, t)*b.T + t
			if k, known := all[i]; known && b.profiles[b.profile[e]]&k.skills != 0 {
				k.present += int32(m)
				all[i] = k
			}
		}
	}
	return all
}

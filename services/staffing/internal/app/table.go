package app

import (
	"encoding/csv"
	"errors"
	"fmt"
	"github.com/lotse-hamburg/lotse/services/internal/sheet"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// columns of a staff table, by their names in lower case without anything but
// letters and digits. Other columns are refused: a list of names has no business
// here, and nothing would tell that it was dropped.
var columns = map[string]string{
	"employee": "employee", "pseudonym": "employee", "personalnummer": "employee",
	"home": "home", "centre": "home", "standort": "home", "stammstandort": "home", "kundenzentrum": "home",
	"skills": "skills", "kompetenzen": "skills",
	"mobile": "mobile", "mobilesteam": "mobile",
	"volunteer": "volunteer", "freiwillig": "volunteer",
	"deployable": "deployable", "einsetzbar": "deployable",
	"maxdaysawayperweek": "max_days_away_per_week", "tageauswarts": "max_days_away_per_week", "maxtageauswarts": "max_days_away_per_week",
	"from": "from", "von": "from", "beschaftigtab": "from",
	"until": "until", "beschaftigtbis": "until", "austritt": "until",
	"mon": "1", "tue": "2", "wed": "3", "thu": "4", "fri": "5", "sat": "6", "sun": "7",
	"mo": "1", "di": "2", "mi": "3", "do": "4", "fr": "5", "sa": "6", "so": "7",
}

var (
	columnName = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss")
	notName    = regexp.MustCompile(`[^a-z0-9]`)
	shiftForm  = regexp.MustCompile(`^([0-9]{1,2}:[0-9]{2}) ?[-–] ?([0-9]{1,2}:[0-9]{2})$`)
	germanDate = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$`)
)

// ReadTable reads a staff list as a table, comma- or semicolon-separated, also as
// a German Excel writes it: a row per employee, columns named as in the JSON form
// or in German, one per weekday with the shift, "8:00-16:30", and after it the
// breaks, "8:00-16:30 12:00-12:30". Everybody has the same shifts each week;
// longer rotations need the JSON form. The error is *BadRows, by line.
func ReadTable(data []byte) (StaffList, error) {
	bad := &BadRows{}
	c, skipped := sheet.Open(data)
	head, err := c.Read()
	if err != nil {
		bad.Malformed = true
		bad.add("line 1", "", "is not a header line: name the columns, at least employee, home and a weekday")
		return StaffList{}, bad
	}
	names := bad.header(head)
	out := StaffList{Employees: []Row{}}
	seen := map[string]int{}
	for len(bad.Fields) == 0 || names != nil {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			at := "line " + strconv.Itoa(broken.Line+skipped)
			if errors.Is(err, csv.ErrFieldCount) {
				bad.add(at, "", fmt.Sprintf("has %d cells, the header %d: give every column a cell", len(cells), len(head)))
				continue
			}
			bad.Malformed = true
			bad.add(at, "", "has unbalanced quotes")
			break
		} else if err != nil {
			return out, err
		}
		line, _ := c.FieldPos(0)
		line += skipped
		at := "line " + strconv.Itoa(line) + ", "
		row := bad.cells(at, names, cells)
		if before, twice := seen[row.ID]; twice && row.ID != "" {
			bad.add(at+"employee", row.ID, fmt.Sprintf("stands in line %d already: list each employee once", before))
		}
		seen[row.ID] = line
		out.Employees = append(out.Employees, bad.row(at, row))
	}
	if len(bad.Fields) > 0 {
		return StaffList{}, bad
	}
	return out, nil
}

// header tells which field each column is; nil where it cannot be used.
func (b *BadRows) header(head []string) []string {
	names := make([]string, len(head))
	for i, h := range head {
		name, known := columns[notName.ReplaceAllString(columnName.Replace(strings.ToLower(strings.TrimSpace(h))), "")]
		at := "line 1, column " + strconv.Itoa(i+1)
		switch {
		case !known:
			b.add(at, "", "has a name that is not known: use employee, home, skills, mobile, volunteer, deployable, max_days_away_per_week, from, until and mon to sun, or take the column out")
		case slices.Contains(names, name):
			b.add(at, "", "stands twice: take one out")
		}
		names[i] = name
	}
	for _, must := range []string{"employee", "home"} {
		if !slices.Contains(names, must) {
			b.add("line 1", "", "has no column "+must+": add it")
		}
	}
	if len(b.Fields) > 0 {
		return nil
	}
	return names
}

func (b *BadRows) cells(at string, names, cells []string) rowText {
	row := rowText{Deployable: true, Skills: []string{}}
	week := map[string]shiftText{}
	flag := func(name, v string) bool {
		switch strings.ToLower(v) {
		case "true", "1", "yes", "ja", "j", "x", "wahr":
			return true
		case "", "false", "0", "no", "nein", "n", "falsch":
			return false
		}
		b.add(at+name, "", "is not yes or no")
		return false
	}
	date := func(v string) *string {
		if v == "" {
			return nil
		}
		if m := germanDate.FindStringSubmatch(v); m != nil {
			v = m[3] + "-" + two(m[2]) + "-" + two(m[1])
		}
		return &v
	}
	for i, name := range names {
		v := strings.TrimSpace(cells[i])
		switch name {
		case "employee":
			row.ID = v
		case "home":
			row.Home = v
		case "skills":
			row.Skills = append(row.Skills, strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(" ,;|+/", r) })...)
		case "mobile":
			row.Mobile = flag(name, v)
		case "volunteer":
			row.Volunteer = flag(name, v)
		case "deployable":
			row.Deployable = v == "" || flag(name, v)
		case "max_days_away_per_week":
			if n, err := strconv.Atoi(v); err == nil {
				row.MaxDaysAwayPerWeek = n
			} else if v != "" {
				b.add(at+name, v, "is not a whole number")
			}
		case "from":
			row.From = date(v)
		case "until":
			row.Until = date(v)
		default:
			if shift, works := b.shift(at+"weekday "+name, v); works {
				week[name] = shift
			}
		}
	}
	if len(week) > 0 {
		row.Rotation = []map[string]shiftText{week}
	}
	return row
}

// shift reads "8:00-16:30 12:00-12:30".
func (b *BadRows) shift(at, v string) (s shiftText, works bool) {
	if v == "" || v == "-" || v == "–" {
		return s, false
	}
	for i, part := range strings.Fields(strings.NewReplacer(" - ", "-", " – ", "-", "/", " ", ",", " ", "Uhr", "").Replace(v)) {
		m := shiftForm.FindStringSubmatch(part)
		if m == nil {
			b.add(at, "", "is not a shift: write it as 8:00-16:30, with breaks as 8:00-16:30 12:00-12:30")
			return s, false
		}
		span := spanText{hour(m[1]), hour(m[2])}
		if i == 0 {
			s.spanText = span
		} else {
			s.Breaks = append(s.Breaks, span)
		}
	}
	return s, true
}

func two(s string) string { return ("0" + s)[len(s)-1:] }

func hour(s string) string { return ("0" + s)[len(s)-4:] }

package report

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// The sheet: A4 upright, in millimetres.
const (
	margin = 18.0
	across = 210 - 2*margin
	// longest a word may be that is not broken in a table.
	longest = across / 4
	family  = "go" // the Go fonts (BSD licence), embedded in each file
	line    = 4.6
)

// paper is a PDF being written.
type paper struct {
	*fpdf.Fpdf
}

// PDF sets a document. german is its language, address where its page is. The same
// document gives the same bytes.
func PDF(d Document, german bool, until day.Day, address string) ([]byte, error) {
	d = printable(d)
	p := paper{fpdf.New("P", "mm", "A4", "")}
	lang, page, of := "de-DE", "Seite ", " von "
	if !german {
		lang, page, of = "en-GB", "Page ", " of "
	}
	p.SetLang(lang)
	p.SetTitle(d.Title, true)
	p.SetAuthor("Lotse", true)
	p.SetSubject(d.Lead, true)
	p.SetCreator("Lotse", true)
	p.SetCreationDate(madeOn(until))
	p.SetModificationDate(madeOn(until))
	p.SetCatalogSort(true)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin+4)
	p.AddUTF8FontFromBytes(family, "", goregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	p.AliasNbPages(pageCount)
	p.SetFooterFunc(func() {
		p.SetY(-margin + 2)
		p.SetFont(family, "", 8)
		p.SetTextColor(80, 80, 80)
		p.CellFormat(across*0.75, line, d.Title, "", 0, "L", false, 0, "")
		p.CellFormat(across*0.25, line, page+decimal(float64(p.PageNo()), 0)+of+pageCount, "", 0, "R", false, 0, "")
		p.SetTextColor(0, 0, 0)
	})
	p.AddPage()
	p.SetFont(family, "B", 18)
	p.MultiCell(across, 8, d.Title, "", "L", false)
	p.Ln(2)
	p.text(d.Lead)
	p.Ln(2)
	for _, point := range d.Points {
		p.SetFont(family, "", 10)
		p.CellFormat(5, line, "•", "", 0, "L", false, 0, "")
		p.MultiCell(across-5, line, point, "", "L", false)
		p.Ln(1)
	}
	for _, s := range d.Sections {
		p.section(s)
	}
	if strings.HasPrefix(address, "http") {
		p.Ln(3)
		p.SetFont(family, "", 9)
		p.WriteLinkString(line, address, address)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (p paper) text(text string) {
	if text == "" {
		return
	}
	p.SetFont(family, "", 10)
	p.MultiCell(across, line, text, "", "L", false)
}

// section keeps its heading with what follows.
func (p paper) section(s Section) {
	p.Ln(4)
	p.room(30)
	p.Bookmark(s.Title, 0, -1)
	p.SetFont(family, "B", 13)
	p.MultiCell(across, 6.5, s.Title, "", "L", false)
	p.Ln(1)
	p.text(s.Text)
	if s.Table == nil {
		return
	}
	if len(s.Table.Rows) == 0 {
		p.text(s.Table.Empty)
		return
	}
	p.Ln(1.5)
	p.table(*s.Table)
}

// room begins a page where less than so much is left on this one.
func (p paper) room(height float64) {
	_, sheet := p.GetPageSize()
	if p.GetY()+height > sheet-margin-4 {
		p.AddPage()
	}
}

// table with wrapped cells; its head is repeated on each page.
func (p paper) table(t pages.Table) {
	widths := p.widths(t)
	p.head(t.Head, widths)
	for _, r := range t.Rows {
		_, sheet := p.GetPageSize()
		p.SetFont(family, "", 9)
		if p.GetY()+p.height(r, widths) > sheet-margin-4 {
			p.AddPage()
			p.head(t.Head, widths)
		}
		p.row(r, widths, "", false)
	}
	p.Ln(1)
}

func (p paper) head(cells []pages.Cell, widths []float64) {
	p.SetFillColor(232, 236, 242)
	p.row(cells, widths, "B", true)
}

// widths share the sheet by the longest words and, of what is left, by the text.
func (p paper) widths(t pages.Table) []float64 {
	least, wish := make([]float64, len(t.Head)), make([]float64, len(t.Head))
	measure := func(cells []pages.Cell, style string) {
		p.SetFont(family, style, 9)
		for i, c := range cells {
			for word := range strings.FieldsSeq(shown(c)) {
				least[i] = max(least[i], min(p.GetStringWidth(word)+4, longest)) // longer words are broken
			}
			wish[i] = max(wish[i], p.GetStringWidth(shown(c))+4)
		}
	}
	measure(t.Head, "B")
	for _, r := range t.Rows {
		measure(r, "")
	}
	sumLeast, sumMore := 0.0, 0.0
	for i := range least {
		sumLeast += least[i]
		sumMore += wish[i] - least[i]
	}
	left := across - sumLeast
	all := make([]float64, len(least))
	for i := range all {
		switch {
		case left < 0:
			all[i] = least[i] * across / sumLeast
		case sumMore > 0:
			all[i] = least[i] + left*(wish[i]-least[i])/sumMore
		default:
			all[i] = least[i] + left/float64(len(all))
		}
	}
	return all
}

func shown(c pages.Cell) string {
	if c.Missing {
		return "–"
	}
	return printed(c.Text)
}

// printable is a document as it can be set: planners write reasons and places in
// their own words, and a report must not fail by one of them.
func printable(d Document) Document {
	d.Title, d.Lead, d.Points, d.Sections = printed(d.Title), printed(d.Lead), slices.Clone(d.Points), slices.Clone(d.Sections)
	for i := range d.Points {
		d.Points[i] = printed(d.Points[i])
	}
	for i := range d.Sections {
		d.Sections[i].Title, d.Sections[i].Text = printed(d.Sections[i].Title), printed(d.Sections[i].Text)
	}
	return d
}

// printed is text without what the setter cannot set: letters beyond the first
// plane, which its fonts do not have, control characters, and the word in whose
// place it puts the number of pages.
func printed(text string) string {
	return strings.ReplaceAll(strings.Map(func(r rune) rune {
		switch {
		case r > 0xFFFE || r >= 0xD800 && r < 0xF900: // and what is for private use
			return '□'
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, text), pageCount, "nb")
}

// pageCount is the word for which the setter writes how many pages there are.
const pageCount = "{nb}"

func (p paper) height(cells []pages.Cell, widths []float64) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, len(p.SplitText(shown(c), widths[i]-2)))
	}
	return float64(most)*line + 1.6
}

func (p paper) row(cells []pages.Cell, widths []float64, style string, filled bool) {
	p.SetFont(family, style, 9)
	h := p.height(cells, widths)
	x, y := p.GetX(), p.GetY()
	if filled {
		p.Rect(x, y, across, h, "F")
	}
	for i, c := range cells {
		align := "L"
		if c.Number {
			align = "R"
		}
		p.SetXY(x, y+0.8)
		p.MultiCell(widths[i], line, shown(c), "", align, false)
		x += widths[i]
	}
	p.SetDrawColor(190, 196, 205)
	p.Line(margin, y+h, margin+across, y+h)
	p.SetXY(margin, y+h)
}

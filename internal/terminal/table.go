package terminal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// column is one of a table. One of a table may be flexible: it takes what is left of a
// line and is cut to it.
type column struct {
	head     string
	right    bool
	flexible bool
}

// cell is a text and how it looks. A cell may have a second
// part, which is cut first. What a terminal would obey is taken out of both.
type cell struct {
	text  string
	style style
	rest  string
}

// minFlexible is the least number of columns of a flexible cell, whatever the width.
const minFlexible = 24

// table writes rows under heads. Cells are as wide as the widest of their column. A row
// of one cell is a band over those that follow.
func (s *Screen) table(columns []column, rows [][]cell) {
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = runewidth.StringWidth(c.head)
	}
	for _, row := range rows {
		for i := range row {
			row[i].text, row[i].rest = printable(row[i].text), printable(row[i].rest)
			if len(row) == 1 {
				break
			}
			widths[i] = max(widths[i], row[i].width())
		}
	}
	s.fit(columns, widths)
	heads, headed := make([]cell, len(columns)), false
	for i, c := range columns {
		heads[i], headed = cell{text: c.head, style: dim}, headed || c.head != ""
	}
	if headed {
		s.row(columns, widths, heads)
	}
	for _, row := range rows {
		if len(row) == 1 {
			s.line(s.paint(row[0].style, row[0].text))
			continue
		}
		s.row(columns, widths, row)
	}
}

// fit narrows the flexible column so that a line fits the screen.
func (s *Screen) fit(columns []column, widths []int) {
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if s.width == 0 || total <= s.width {
		return
	}
	for i, c := range columns {
		if c.flexible {
			widths[i] = max(minFlexible, widths[i]-(total-s.width))
		}
	}
}

func (s *Screen) row(columns []column, widths []int, cells []cell) {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(s.cell(c, widths[i], columns[i].right))
	}
	s.line(b.String())
}

func (s *Screen) cell(c cell, width int, alignRight bool) string {
	text := cut(c.text, width)
	fill := strings.Repeat(" ", max(0, width-runewidth.StringWidth(text)))
	if c.rest != "" && len(fill) > 6 {
		rest := cut(c.rest, len(fill)-2)
		fill = strings.Repeat(" ", len(fill)-2-runewidth.StringWidth(rest))
		return s.paint(c.style, text) + "  " + s.paint(dim, rest) + fill
	}
	if alignRight {
		return fill + s.paint(c.style, text)
	}
	return s.paint(c.style, text) + fill
}

func (c cell) width() int {
	w := runewidth.StringWidth(c.text)
	if c.rest != "" {
		w += 2 + runewidth.StringWidth(c.rest)
	}
	return w
}

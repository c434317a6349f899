package pricing

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Record is a set of prices with the time that it holds for.
type Record struct {
	// From is the first instant the record holds for, Until the first it does not. Zero means no limit.
	From, Until time.Time
	// Hours limits the record to a part of the day, in UTC. The zero Hours is the whole day.
	Hours Hours
	// Rates are the prices, Above those for a context longer than a number of tokens, in ascending order.
	Rates RateSet
	Above []Step
	// AudioAsText says that the provider bills audio input at the text rate.
	AudioAsText bool
	// History marks a price that the source no longer lists.
	History bool
	// Layer, Version, Origin and Date say where the price was read: the layer, the version of its list, the page,
	// and the day somebody read it. Origin and Date may be empty.
	Layer   Source
	Version string
	Origin  string
	Date    string

	rows []row
}

// Step is the set of prices for a call whose input is longer than Tokens. It prices the whole call.
type Step struct {
	Tokens int64
	Rates  RateSet
}

// Hours is a part of the day in UTC, in minutes after midnight; Start may be after End. Weekdays leaves out Saturday
// and Sunday.
type Hours struct {
	Start, End int
	Weekdays   bool
}

func (h Hours) whole() bool { return h.Start == h.End && !h.Weekdays }

func (h Hours) contains(t time.Time) bool {
	if h.whole() {
		return true
	}
	if h.Weekdays && (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday) {
		return false
	}
	minute := t.Hour()*60 + t.Minute()
	switch {
	case h.Start == h.End:
		return true
	case h.Start < h.End:
		return minute >= h.Start && minute < h.End
	default:
		return minute >= h.Start || minute < h.End
	}
}

func (h Hours) overlaps(other Hours) bool {
	for _, a := range h.spans() {
		for _, b := range other.spans() {
			if a[0] < b[1] && b[0] < a[1] {
				return true
			}
		}
	}
	return false
}

// spans writes the hours as parts of one day.
func (h Hours) spans() [][2]int {
	switch {
	case h.Start == h.End:
		return [][2]int{{0, minutesPerDay}}
	case h.Start < h.End:
		return [][2]int{{h.Start, h.End}}
	default:
		return [][2]int{{h.Start, minutesPerDay}, {0, h.End}}
	}
}

const minutesPerDay = 24 * 60

// String writes the hours as in a price file.
func (h Hours) String() string {
	if h.whole() {
		return ""
	}
	text := fmt.Sprintf("%02d:%02d-%02d:%02d", h.Start/60, h.Start%60, h.End/60, h.End%60)
	if h.Weekdays {
		text += " mon-fri"
	}
	return text
}

func (r *Record) holds(t time.Time) bool {
	return (r.From.IsZero() || !t.Before(r.From)) && (r.Until.IsZero() || t.Before(r.Until)) && r.Hours.contains(t)
}

func (r *Record) datesOverlap(other *Record) bool {
	return (r.Until.IsZero() || other.From.Before(r.Until)) && (other.Until.IsZero() || r.From.Before(other.Until))
}

// maxRecords bounds the prices of one model: a price that changes every week for ten years.
const maxRecords = 520

// checkOverlap fails when two records could hold at the same instant. A record with hours may lie inside one without.
func checkOverlap(path string, records []Record) error {
	if len(records) > maxRecords {
		return fmt.Errorf("%s: more than %d prices", path, maxRecords)
	}
	for i := range records {
		for j := range i {
			a, b := &records[i], &records[j]
			if a.Hours.whole() == b.Hours.whole() && a.datesOverlap(b) && a.Hours.overlaps(b.Hours) {
				return fmt.Errorf("%s: prices[%d] and prices[%d] hold at the same time: give them dates that do not overlap", path, j, i)
			}
		}
	}
	return nil
}

func readRecord(path string, raw json.RawMessage) (Record, error) {
	var (
		r                 Record
		from, to, hours   string
		above             []json.RawMessage
		source, day, note string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return r, err
	}
	if r.Rates, err = takeRates(o); err != nil {
		return r, err
	}
	err = takeAll(o, fields{
		"from": &from, "to": &to, "window": &hours, "above": &above, "audio_as_text": &r.AudioAsText,
		"history": &r.History, "source": &source, "date": &day, "note": &note,
	})
	if err != nil {
		return r, err
	}
	r.Origin, r.Date = source, day
	if err := r.readTimes(path, from, to, hours); err != nil {
		return r, err
	}
	if r.Rates.empty() {
		return r, fmt.Errorf("%s: no price", path)
	}
	return r, r.readSteps(path, above)
}

func (r *Record) readTimes(path, from, to, hours string) (err error) {
	if r.From, err = parseInstant(from); err != nil {
		return fmt.Errorf("%s.from: %w", path, err)
	}
	if r.Until, err = parseInstant(to); err != nil {
		return fmt.Errorf("%s.to: %w", path, err)
	}
	if !r.Until.IsZero() && !r.From.Before(r.Until) {
		return fmt.Errorf("%s: to %s is not after from %s", path, to, from)
	}
	if r.Hours, err = parseHours(hours); err != nil {
		return fmt.Errorf("%s.window: %w", path, err)
	}
	return nil
}

func (r *Record) readSteps(path string, above []json.RawMessage) error {
	last := int64(0)
	for i, raw := range above {
		var step Step
		at := fmt.Sprintf("%s.above[%d]", path, i)
		o, err := readObject(at, raw)
		if err != nil {
			return err
		}
		if step.Rates, err = takeRates(o); err != nil {
			return err
		}
		if err := takeAll(o, fields{"tokens": &step.Tokens}); err != nil {
			return err
		}
		if step.Tokens <= last {
			return fmt.Errorf("%s.tokens: %d is not above %d", at, step.Tokens, last)
		}
		if step.Rates.empty() {
			return fmt.Errorf("%s: no price", at)
		}
		last = step.Tokens
		r.Above = append(r.Above, step)
	}
	return nil
}

func takeRates(o *object) (RateSet, error) {
	var rates RateSet
	for b := range NumBuckets {
		text, ok, err := o.number(b.String())
		if err != nil {
			return rates, err
		}
		if !ok {
			continue
		}
		if rates[b], err = parseRate(text); err != nil {
			return rates, fmt.Errorf("%s.%s: %w", o.path, b, err)
		}
	}
	return rates, nil
}

// parseInstant reads a day, which starts at midnight UTC, or an instant. An empty text is the zero time.
func parseInstant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date such as 2026-09-23 or 2026-09-23T16:00:00Z", text)
	}
	return t.UTC(), nil
}

func parseHours(text string) (Hours, error) {
	if text == "" {
		return Hours{}, nil
	}
	var h Hours
	span, days, hasDays := strings.Cut(text, " ")
	if hasDays && days != "mon-fri" {
		return h, fmt.Errorf("%q: only mon-fri may follow the hours", text)
	}
	h.Weekdays = hasDays
	start, end, ok := strings.Cut(span, "-")
	var err error
	if h.Start, err = parseMinute(start); err == nil && ok {
		h.End, err = parseMinute(end)
	}
	if err != nil || !ok || (h.Start == h.End && !h.Weekdays) {
		return Hours{}, fmt.Errorf("%q is not a part of the day in UTC such as 16:30-00:30", text)
	}
	return h, nil
}

func parseMinute(text string) (int, error) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err := strconv.Atoi(hour)
	if err != nil || !ok || len(hour) != 2 || len(minute) != 2 || h < 0 || h > 23 {
		return 0, fmt.Errorf("%q is not an hour", text)
	}
	m, err := strconv.Atoi(minute)
	if err != nil || m < 0 || m > 59 {
		return 0, fmt.Errorf("%q is not an hour", text)
	}
	return h*60 + m, nil
}

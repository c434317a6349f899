package redact

import (
	"slices"
	"strings"
)

// Arguments returns, for a command as a list of arguments, the keys of those in which a credential stands by its place; for other lists it
// returns nil.
func (s *Session) Arguments(args []string) (keys []Key) {
	if len(args) < 2 || !slices.ContainsFunc(args, isCommand) {
		return nil
	}
	defer func() {
		if recover() != nil {
			keys = nil
		}
	}()
	args = args[:min(len(args), maxWords)]
	var list [maxWords]argWord
	words := list[:0]
	var text strings.Builder
	for _, arg := range args {
		if len(arg) > maxArguments {
			break
		}
		words = append(words, argWord{text.Len(), text.Len() + len(arg)})
		text.WriteString(arg)
		text.WriteByte('\n')
	}
	if len(words) < 2 {
		return nil
	}
	sc := &s.scan
	sc.reset("", text.String())
	sc.arguments(words, true)
	for _, f := range sc.found {
		if keys == nil {
			keys = make([]Key, len(words))
		}
		for i, w := range words {
			if f.start >= w.from && f.end <= w.to {
				keys[i].at = span{f.start - w.from, f.end - w.from}
			}
		}
	}
	return keys
}

// isCommand reports whether an argument names a command that takes credentials.
func isCommand(arg string) bool {
	if len(arg) > maxName {
		return false
	}
	var buf [maxInSet]byte
	return len(commandTable[string(commandName(buf[:0], arg))]) > 0
}

// NamesArguments reports whether a list with this name has the arguments of a command that is named beside it.
func NamesArguments(name string) bool { return inSet(argumentNames, name) }

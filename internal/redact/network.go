package redact

import "net/netip"

// network finds public IP addresses and hardware addresses. It is a pass of its own, for the preset pii_network.
func network(sc *scanner) {
	s := sc.text
	for i := 0; i < len(s); {
		if !isHex(s[i]) && (s[i] != ':' || at(s, i+1) != ':') {
			i++
			continue
		}
		if i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.' || s[i-1] == '_') && escapeLen(s, i-1) == 0 {
			i++
			continue
		}
		end, dots, colons, dashes := i, 0, 0, 0
		for end < len(s) && end-i < 48 {
			switch b := s[end]; {
			case isHex(b):
			case b == '.':
				dots++
			case b == ':':
				colons++
			case b == '-':
				dashes++
			default:
				goto done
			}
			end++
		}
	done:
		next := end
		for end > i && (s[end-1] == '.' || s[end-1] == ':' && (end < 2 || s[end-2] != ':') || s[end-1] == '-') {
			end--
		}
		switch {
		case end < len(s) && isAlnum(s[end]):
		case hardwareAddress(s[i:end]):
			sc.add(i, end, ruleMAC)
		case dots == 3 && colons == 1: // an address with a port
			if c := lastByte(s[i:end], ':'); c > 0 && publicAddress(s[i:i+c]) {
				sc.add(i, i+c, ruleIP)
			}
		case dots >= 3 && colons == 0 || colons >= 2:
			if publicAddress(s[i:end]) {
				sc.add(i, end, ruleIP)
			}
		}
		i = max(next, i+1)
	}
}

func lastByte(s string, b byte) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == b {
			return i
		}
	}
	return -1
}

// publicAddress reports an address of the public Internet. Private, loop-back, link-local, multicast and unspecified ones are left alone.
func publicAddress(s string) bool {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	a = a.Unmap()
	shared := a.Is4() && a.As4()[0] == 100 && a.As4()[1]&0xC0 == 64 // RFC 6598
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared && (!a.Is4() || a.As4()[0] < 240 && a.As4()[0] > 0)
}

// hardwareAddress reports six octets in hexadecimal, joined by colons or dashes (IEEE 802, 8.1).
func hardwareAddress(s string) bool {
	if len(s) != 17 || s[2] != ':' && s[2] != '-' {
		return false
	}
	for i := range len(s) {
		if i%3 == 2 {
			if s[i] != s[2] {
				return false
			}
		} else if !isHex(s[i]) {
			return false
		}
	}
	return s != "00:00:00:00:00:00" && s != "ff:ff:ff:ff:ff:ff"
}

package genai

import (
	"bytes"
	"strings"
)

// gatewayBill is what a gateway says about the money for a call. With the user's own
// key the provider sends a bill of its own, and the gateway's is a fee or nothing:
// https://openrouter.ai/docs/use-cases/usage-accounting and
// https://vercel.com/docs/ai-gateway/authentication-and-byok/byok.
type gatewayBill struct {
	cost, upstream, fee dollarAmount

	ownKey, keyKnown bool // made with the user's own key; whether that is stated
	openrouter       bool
}

type dollarAmount struct {
	n  float64
	ok bool
}

func (b *gatewayBill) leaf(path []byte, field Field, l *leaf) {
	b.openrouter = b.openrouter || bytes.HasPrefix(path, []byte("openrouter."))
	to := &b.cost
	switch field {
	case GatewayCost:
	case UpstreamCost:
		to = &b.upstream
	case gatewayFee:
		to = &b.fee
	case OwnKey:
		b.setOwnKey(l.plain())
		return
	default:
		return
	}
	if usd, ok := l.money(); ok && isCost(usd) && !to.ok {
		*to = dollarAmount{usd, true}
	}
}

func (b *gatewayBill) setOwnKey(word string) {
	switch strings.ToLower(word) {
	case "true", "1":
		b.ownKey, b.keyKnown = true, true
	case "false", "0":
		b.keyKnown = true
	}
}

// feeShare is the part of the provider's cost below which OpenRouter's own amount is
// a fee: five percent is what it takes, and without the user's key its amount is the
// provider's or more.
const feeShare = 0.5

// total is what the call cost in all. Nothing is known where the provider's own bill
// is not.
func (b *gatewayBill) total() (float64, bool) {
	own := b.ownKey
	if !b.keyKnown {
		own = b.upstream.n > 0 && (b.cost.ok && b.cost.n == 0 || b.openrouter && b.cost.n < feeShare*b.upstream.n)
	}
	if !own {
		return b.cost.n, b.cost.ok
	}
	usd := b.upstream.n + max(b.cost.n, b.fee.n)
	return usd, b.upstream.ok && isCost(usd)
}

package jsontext

import "math"

// Node is where a value, or the key of a member, stands in a text.
type Node struct {
	Start, End int32 // bytes Start to End-1
	// Next is the index of the first node that is not inside this one: those
	// inside, keys and values in turn for an object, come right after it.
	Next int32
}

// Index does what Valid does, and appends the nodes of the value, in the order of
// the text, to nodes. Where it returns false what was appended has no meaning. A
// text of 2 GiB or more is not indexed.
func Index(nodes []Node, text string, maxDepth int) ([]Node, bool) {
	if len(text) > math.MaxInt32 {
		return nodes, false
	}
	p := parser{text: text, depth: maxDepth, indexed: true, nodes: nodes}
	p.space()
	ok := p.value()
	p.space()
	return p.nodes, ok && p.at == len(p.text)
}

// begin opens a node.
func (p *parser) begin() int {
	p.nodes = append(p.nodes, Node{Start: int32(p.at)})
	return len(p.nodes) - 1
}

// end closes it.
func (p *parser) end(begin int) bool {
	p.nodes[begin].End, p.nodes[begin].Next = int32(p.at), int32(len(p.nodes))
	return true
}

func (p *parser) key() bool {
	if !p.indexed {
		return p.str()
	}
	begin := p.begin()
	return p.str() && p.end(begin)
}

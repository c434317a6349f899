package langfuseexporter

// collected are the files of a batch on their way.
type collected struct{}

func (p *preparation) collectMedia(*project, *node) {}

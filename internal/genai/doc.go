// Package genai reads what GenAI instrumentations write on spans into one
// typed view: the kind of operation, provider and models, token usage in
// disjoint buckets, content, session, user, agent, tool and cost.
//
// It is the only package of this repository that knows foreign attribute
// names. All of them stand in one table, in vocabulary*.go, each with the
// instrumentation that writes it; adding an instrumentation is adding rows
// and a fixture.
package genai

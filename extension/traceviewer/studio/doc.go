// Package studio answers what Mastra Studio reads from the server of a Mastra
// application: traces, from the trace store, and lists of what there is none of here
// (agents, workflows, datasets, …), which are empty.
//
// The routes and shapes are those that Studio 1.30 and 1.31 ask for, of the npm package
// mastra; @mastra/server has them too.
package studio

package traffic

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// ticketWorkflow is a bug report on its way to a ticket: twelve steps, two
// agents with a tool each, four calls of two providers' models. The reporter's
// message leaks an API key and an e-mail address.
func (g *Generator) ticketWorkflow() *step {
	run := &run{Generator: g}
	run.metadata = map[string]any{
		"mastra.metadata.tenant":    "acme",
		"mastra.metadata.userId":    fmt.Sprintf("user-%d", g.random.IntN(40)),
		"mastra.metadata.sessionId": fmt.Sprintf("sess-%04d", g.random.IntN(10000)),
		"gen_ai.conversation.id":    fmt.Sprintf("thread-%d", g.random.IntN(500)),
	}
	mail := g.email()
	message := "Checkout is broken since the last release, mail me at " + mail + ". I tried it with the key " + g.openAIKey() + "."
	root := run.step("invoke_workflow ticket-generation", "workflow_run", "invoke_workflow", 3*time.Millisecond, map[string]any{
		"mastra.workflow_run.input":  quote(map[string]any{"message": message}),
		"mastra.workflow_run.output": quote(map[string]any{"ticket": fmt.Sprintf("CHK-%d", 1000+g.random.IntN(9000)), "title": "Login token never rotated", "score": 0.81}),
		"mastra.workflow_run.status": "success",
		"mastra.tags":                `["ticket","demo"]`,
	})
	root.children = []*step{
		run.workflowStep("extractIntent", map[string]any{"message": message}, map[string]any{"intent": "file-bug", "confidence": 0.94}),
		run.workflowStep("loadTicketContext", map[string]any{"intent": "file-bug"}, map[string]any{"project": "acme/checkout", "reporter": mail}),
		run.workflowStep("scanRepository", map[string]any{"repository": "acme/checkout"}, map[string]any{"files": 1204, "suspects": []string{"auth/token.go", "cart/pay.go"}}),
		run.workflowStep("collectFindings", map[string]any{"suspects": 2}, map[string]any{"findings": g.code(600)}),
		run.workflowStep("quickPreflight", map[string]any{"checks": []string{"access", "duplicates"}}, map[string]any{"pass": true}, run.preflightAgent(mail)),
		run.workflowStep("generateQuestions", map[string]any{"findings": 2}, map[string]any{"questions": 3}, run.questionsAgent(message)),
		run.workflowStep("answerQuestions", map[string]any{"questions": 3}, map[string]any{"answered": 3}),
		run.workflowStep("draftTicket", map[string]any{"answers": 3}, map[string]any{"draft": g.prose(400)}),
		run.workflowStep("estimateEffort", map[string]any{"draft": true}, map[string]any{"points": 5}),
		run.workflowStep("scoreTicket", map[string]any{"points": 5}, map[string]any{"score": 0.81}),
		run.workflowStep("redactTicket", map[string]any{"draft": true}, map[string]any{"redacted": true}),
		run.workflowStep("publishTicket", map[string]any{"project": "CHK"}, map[string]any{"url": "https://tickets.example.com/CHK"}),
	}
	return root
}

// run is one workflow in the making; its metadata is repeated on every span.
type run struct {
	*Generator
	metadata map[string]any
}

func (r *run) step(name, mastraType, operation string, own time.Duration, attributes map[string]any) *step {
	all := maps.Clone(r.metadata)
	all["mastra.span.type"] = mastraType
	all["gen_ai.operation.name"] = operation
	maps.Copy(all, attributes)
	return &step{name: name, kind: ptrace.SpanKindInternal, own: own, attributes: all}
}

func (r *run) workflowStep(id string, input, output map[string]any, children ...*step) *step {
	s := r.step("workflow_step "+id, "workflow_step", "workflow_step", r.between(2, 40), map[string]any{
		"mastra.workflow_step.step_id": id,
		"mastra.workflow_step.input":   quote(input),
		"mastra.workflow_step.output":  quote(output),
		"mastra.workflow_step.status":  "success",
	})
	s.children = children
	return s
}

func (r *run) between(lowMS, highMS int) time.Duration {
	return time.Duration(lowMS+r.random.IntN(highMS-lowMS+1)) * time.Millisecond
}

// model is what a call of a model reports.
type model struct {
	name, served, provider                          string
	input, output, cacheRead, cacheWrite, reasoning int64
	finish                                          string
	answer                                          string
}

func (r *run) preflightAgent(mail string) *step {
	tool := r.tool("checkAccess", "Checks that the reporter may open tickets",
		map[string]any{"user": mail, "project": "CHK"},
		map[string]any{"allowed": true, "session": map[string]any{"access_token": r.openAIKey(), "expires_in": 3600}})
	fresh, cached := int64(300+r.random.IntN(40)), int64(512)
	return r.agent("quick-preflight-validator", "Decide whether a bug report may become a ticket.",
		r.text("Validate access for "+mail+" before the ticket is drafted."),
		"PASS: access confirmed, no blocking preflight problems.",
		r.modelStep(0, true, model{
			name: "claude-haiku-4-5", served: "claude-haiku-4-5-20251001", provider: "anthropic",
			input: fresh + cached, cacheWrite: cached, output: int64(30 + r.random.IntN(12)), finish: "tool-calls",
		}, tool),
		r.modelStep(1, false, model{
			name: "claude-haiku-4-5", served: "claude-haiku-4-5-20251001", provider: "anthropic",
			input: fresh + cached + 110, cacheRead: cached, output: int64(58 + r.random.IntN(12)), finish: "stop",
			answer: "PASS: access confirmed, no blocking preflight problems.",
		}))
}

func (r *run) questionsAgent(message string) *step {
	tool := r.tool("lookupFindings", "Reads the scanner's findings",
		map[string]any{"repository": "acme/checkout"},
		map[string]any{"findings": []string{"token never rotated", "cart total rounds twice"}})
	const answer = `{"questions":["Which tenant is affected?","Is the login token rotated?","Who owns the checkout service?"]}`
	fresh := int64(210 + r.random.IntN(30))
	return r.agent("findings-to-questions", "Turn scanner findings into questions for the reporter. Never repeat credentials.",
		r.text("Findings for acme/checkout. The reporter wrote: "+message), answer,
		r.modelStep(0, true, model{
			name: "gpt-5-mini", served: "gpt-5-mini-2025-08-07", provider: "openai",
			input: fresh + 1024, cacheRead: 1024, output: int64(180 + r.random.IntN(60)), reasoning: 128, finish: "tool-calls",
		}, tool),
		r.modelStep(1, false, model{
			name: "gpt-5-mini", served: "gpt-5-mini-2025-08-07", provider: "openai",
			input: fresh + 1152, cacheRead: 1152, output: int64(300 + r.random.IntN(80)), reasoning: 192, finish: "stop", answer: answer,
		}))
}

func (r *run) agent(name, instructions, input, output string, steps ...*step) *step {
	last := steps[len(steps)-1].children[0].attributes["gen_ai.request.model"].(string)
	generation := r.step("model_generation "+last, "model_generation", "model_generation", 2*time.Millisecond, map[string]any{
		"mastra.model_generation.input":  quote([]any{map[string]any{"role": "system", "content": instructions}, map[string]any{"role": "user", "content": input}}),
		"mastra.model_generation.output": quote(map[string]any{"text": output}),
	})
	generation.children = steps
	for i, s := range steps {
		s.name = "agent_step " + name
		for _, child := range s.children {
			if child.attributes["gen_ai.operation.name"] == "chat" {
				child.attributes["gen_ai.agent.id"], child.attributes["gen_ai.agent.name"] = name, name
			}
		}
		s.attributes["mastra.model_step.step_index"] = i
	}
	agent := r.step("invoke_agent "+name, "agent_run", "invoke_agent", 4*time.Millisecond, map[string]any{
		"mastra.agent_run.input":     input,
		"mastra.agent_run.output":    quote(map[string]any{"text": output}),
		"gen_ai.agent.id":            name,
		"gen_ai.agent.name":          name,
		"gen_ai.system_instructions": instructions,
	})
	agent.children = []*step{generation}
	return agent
}

func (r *run) modelStep(index int, continued bool, m model, tools ...*step) *step {
	s := r.step("agent_step", "model_step", "agent_step", time.Millisecond, map[string]any{
		"mastra.model_step.step_index":   index,
		"mastra.model_step.is_continued": continued,
	})
	s.children = append([]*step{r.chat(m)}, tools...)
	return s
}

func (r *run) chat(m model) *step {
	length := r.between(350, 1400)
	s := r.step("chat "+m.name, "model_inference", "chat", length, map[string]any{
		"gen_ai.provider.name":                 m.provider,
		"gen_ai.request.model":                 m.name,
		"gen_ai.response.model":                m.served,
		"gen_ai.response.id":                   r.id("resp_", 24),
		"gen_ai.response.finish_reasons":       quote([]string{m.finish}),
		"gen_ai.request.temperature":           0.2,
		"gen_ai.usage.input_tokens":            m.input,
		"gen_ai.usage.output_tokens":           m.output,
		"gen_ai.usage.cache_read.input_tokens": m.cacheRead,
		"gen_ai.output.messages": quote([]any{map[string]any{
			"role": "assistant", "parts": []any{map[string]any{"type": "text", "content": m.answer}},
		}}),
	})
	s.firstToken = length / 3
	if m.cacheWrite > 0 {
		s.attributes["gen_ai.usage.cache_creation.input_tokens"] = m.cacheWrite
	}
	if m.reasoning > 0 {
		s.attributes["gen_ai.usage.reasoning_tokens"] = m.reasoning
	}
	s.kind = ptrace.SpanKindClient
	return s
}

func (r *run) tool(name, description string, arguments, result map[string]any) *step {
	return r.step("execute_tool "+name, "tool_call", "execute_tool", r.between(8, 60), map[string]any{
		"gen_ai.tool.name":           name,
		"gen_ai.tool.type":           "tool",
		"gen_ai.tool.description":    description,
		"gen_ai.tool.call.id":        r.id("call_", 24),
		"gen_ai.tool.call.arguments": quote(arguments),
		"gen_ai.tool.call.result":    quote(result),
	})
}

// quote is a value as JSON text, the way the SDK puts objects into attributes.
func quote(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // only maps, lists, strings and numbers of ours
	}
	return string(text)
}

package pricing

import (
	"fmt"
	"testing"
	"time"
)

func BenchmarkPriceWarm(b *testing.B) {
	c := embedded(b)
	q := Query{
		Provider: "anthropic", RequestModel: "claude-haiku-4-5", ResponseModel: "claude-haiku-4-5-20251001",
		Time: time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC), Usage: Usage{Input: 730, CacheRead: 512, CacheWrite: 512, Output: 100},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, reason := c.Price(q); reason != Priced {
			b.Fatal(reason)
		}
	}
}

func BenchmarkPriceWarmParallel(b *testing.B) {
	c := embedded(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		q := Query{
			Provider: "openai", RequestModel: "gpt-5", ResponseModel: "gpt-5-2025-08-07", ResponseTier: "flex",
			Time: time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC), Usage: Usage{Input: 730, CacheRead: 512, Output: 100},
		}
		for pb.Next() {
			c.Price(q)
		}
	})
}

func BenchmarkPriceCold(b *testing.B) {
	c := embedded(b)
	q := Query{Provider: "aws.bedrock", Time: time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC), Usage: Usage{Input: 730, Output: 100}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Tenant = ""
		q.RequestModel = fmt.Sprintf("us.anthropic.claude-haiku-4-5-20251001-v1:0:%dk", i%9000+1)
		c.Price(q)
	}
}

func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

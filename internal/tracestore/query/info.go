package query

import "context"

// Store describes the store.
func (s *Store) Store(ctx context.Context) (*StoreInfo, error) {
	info := &StoreInfo{Place: s.place, Kind: s.kind}
	err := s.rows(ctx, new(sqlText).add(`SELECT
  (SELECT count(*) FROM otel_traces), (SELECT count(*) FROM otel_spans), (SELECT count(*) FROM otel_logs),
  (SELECT min(start_us) FROM otel_traces), (SELECT max(start_us) FROM otel_traces),
  EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'otel_search')`), func(r *row) error {
		info.Traces, info.Spans, info.Logs = r.int(), r.int(), r.int()
		oldest, newest := r.time(), r.time()
		if info.Traces > 0 {
			info.Oldest, info.Newest = &oldest, &newest
		}
		info.Search = r.bool()
		return nil
	})
	if err != nil {
		return nil, err
	}
	info.Bytes, err = s.bytes(ctx)
	return info, err
}

// bytes is what the database takes. Space that is free in it counts too.
func (s *Store) bytes(ctx context.Context) (bytes int64, err error) {
	err = s.rows(ctx, new(sqlText).add("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"), func(r *row) error {
		bytes = r.int()
		return nil
	})
	return bytes, err
}

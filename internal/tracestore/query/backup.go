package query

import "context"

// Backup copies the file of the store to path, which must not exist, while others write:
// see tracestore.Reader.Backup.
func (s *Store) Backup(ctx context.Context, path string) error { return s.db.Backup(ctx, path) }

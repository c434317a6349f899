// Package atomicqueue mends the queues on disk of exporters from outside: what has
// been acknowledged is on disk until it has been delivered, whatever fails.
//
// What it mends, in the order in which a queue meets it (the queue is exporterhelper's
// internal/queue/persistent_queue.go, its file is that of contrib's file_storage):
//
//   - Start. The queue reads the requests that were on their way when the process
//     ended, deletes all of them, and writes one after the other anew; what it cannot
//     write, on a full disk, or has not come to when it is killed, is lost. Metadata
//     that it cannot read makes it begin at zero, over what is there. Here nothing is
//     written at the start: ledger gives those requests places in front of the queue.
//   - Read. A request whose metadata cannot be written is dropped. Here it is read.
//   - Done. What was delivered and cannot be deleted is forgotten and stays in the
//     file. Here it is deleted later.
//   - Put. What the disk refused counts against the size of the queue. Here the
//     metadata on disk is right, and Wrap has exporters refuse what would fail.
//   - Open. A damaged file ends the process, mostly by a panic in a goroutine of
//     bbolt's that nobody can recover; a cut one loses what it held without a line.
//     Here each file is checked before bbolt has it. See examine and salvage.
//   - Compaction. One that fails for want of room keeps its deleted file open, each
//     time. Here it begins only where there is room. See compactor.
//
// Delete when https://github.com/open-telemetry/opentelemetry-collector moves requests
// in one transaction and keeps what it cannot write, and file_storage checks its files.
package atomicqueue

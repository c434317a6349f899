// Package chaos does to a running collector what happens to machines: it is killed
// and stopped, its disk fills up, its clock jumps, its files are damaged, and its
// destinations come and go, while applications send to it.
//
// Each test keeps a ledger of what was sent and what was acknowledged, counts what
// arrives in every destination, and looks for planted secrets in everything that
// leaves the collector. The tests are short by default; variables make them long:
//
//	CHAOS_ROUNDS   rounds of each test, a tenth of those with several steps each
//	CHAOS_BODIES   mutated bodies                1000
//	CHAOS_SEED     what is random comes from it  the time
//	SOAK           how long TestSoak lasts       12s
//
// They need Linux, and root for disks of a given size.
//
// docs/reliability.md says what is promised, and the counts of the last long run.
package chaos

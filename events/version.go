package events

// Newer reports whether a state-carrying event of an epoch and version replaces
// the known one. An epoch counts before a version: when a log is restored from
// a backup its epoch is raised, and versions that were lost are given again.
func Newer(epoch, version, knownEpoch, knownVersion int64) bool {
	return epoch > knownEpoch || epoch == knownEpoch && version > knownVersion
}

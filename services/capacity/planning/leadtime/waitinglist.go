package leadtime

// The measures of a waiting list that the English health service plans with:
// M. Fong and others, "Understanding Waiting Lists Pressures" (2022), as tools in
// the R package NHSRwaitinglist (nhs-r-community, 2026). Times may be in any unit
// as long as all are in the same; demand and capacity are per unit of time. They
// take waits to be distributed exponentially, which does not fit a calendar that
// is booked first come, first served: Book is exact there, these size a queue.

// Load is demand over capacity; the queue grows without end where it is above 1,
// and is +Inf where there is no capacity.
func Load(demand, capacity float64) float64 { return demand / capacity }

// TargetMeanWait is the mean wait at which all but e^(−factor) of people wait no
// longer than the target: target/factor. A factor of 4 leaves 1.8 %.
func TargetMeanWait(target, factor float64) float64 { return target / factor }

// TargetQueue is how many may wait so that the mean wait is TargetMeanWait:
// demand · target / factor (Little's law).
func TargetQueue(demand, target, factor float64) float64 {
	return demand * TargetMeanWait(target, factor)
}

// ReliefCapacity is the capacity that brings a queue down to its target within a
// time: demand + (queue − targetQueue) / within.
func ReliefCapacity(demand, queue, targetQueue, within float64) float64 {
	return demand + (queue-targetQueue)/within
}

// TargetCapacity is the capacity that keeps a queue at its target, where demand
// and capacity vary with these coefficients of variation (standard deviation
// over mean): demand + (cvDemand² + cvCapacity²)/2 · factor/target. It is
// Kingman's approximation of heavy traffic, solved for the capacity.
func TargetCapacity(demand, target, factor, cvDemand, cvCapacity float64) float64 {
	return demand + (cvDemand*cvDemand+cvCapacity*cvCapacity)/2*factor/target
}

// Pressure is twice the mean wait over the target: above 1 the target is missed
// by more people than may.
func Pressure(meanWait, target float64) float64 { return 2 * meanWait / target }

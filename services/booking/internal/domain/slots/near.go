package slots

import "math"

// Point is a place on the map, in degrees.
type Point struct{ Lat, Lon float64 }

// earthKm is the mean radius.
const earthKm = 6371.0088

// TravelMinutes estimates the way between two points by public transport: ten
// minutes for walking and waiting, then 24 km/h along 1.3 times the great
// circle. It is the estimate that the network's own travel times between
// centres are made by; there is no timetable behind it.
func TravelMinutes(a, b Point) int {
	rad := math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLon/2), 2)
	km := 2 * earthKm * math.Asin(min(1, math.Sqrt(h)))
	return int(math.Round(10 + 1.3*km/24*60))
}

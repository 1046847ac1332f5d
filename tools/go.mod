module github.com/lotse-hamburg/lotse/tools

go 1.26.0

require (
	github.com/lotse-hamburg/lotse/events v0.0.0
	github.com/lotse-hamburg/lotse/services v0.0.0
)

replace github.com/lotse-hamburg/lotse/events => ../events

replace github.com/lotse-hamburg/lotse/services => ../services

module github.com/lotse-hamburg/lotse/events

go 1.26.0

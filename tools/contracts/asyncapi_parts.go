package main

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/booking"
)

func queue(name string) doc {
	return doc{at("nats", doc{at("queue", name), at("bindingVersion", "0.1.0")})}
}

// hrParts: an HR system asks, absence answers after the record is durable.
func hrParts() (channels, operations, messages doc) {
	channels = doc{
		at("hr-absence", doc{
			at("address", events.HRAbsenceSubject+".{source}.{what}"), at("title", "HR systems report absences"),
			at("description", "Core NATS, no stream: no raw HR message is stored on the bus. Send a request and wait for the receipt; send it again, with the same ce-id, when none comes. "+
				"Without a reply subject it is taken in at most once, and a sweep over HTTP is the safety net."),
			at("messages", doc{at("hr-event", ref("#/components/messages/hr-event")), at("hr-event-structured", ref("#/components/messages/hr-event-structured"))}),
			at("parameters", doc{
				at("source", doc{at("description", "Name of the HR system: letters, digits, _ and -, at most 40 characters.")}),
				at("what", doc{at("description", "For whoever looks on; ce-type decides."), at("examples", []string{"reported", "changed", "cancelled"})}),
			}),
		}),
		at("hr-answers", doc{
			at("address", nil), at("title", "The reply subject of the request"),
			at("messages", doc{at("hr-receipt", ref("#/components/messages/hr-receipt")), at("hr-refusal", ref("#/components/messages/hr-refusal"))}),
		}),
	}
	operations = doc{at("receive-hr-absence", doc{
		at("action", "receive"), at("title", "Take in one HR event"), at("channel", ref("#/channels/hr-absence")),
		at("summary", "Strip, record, and only then answer."),
		at("description", "Any number of replicas share the work. Messages about one absence are taken in in the order of their arrival."),
		at("tags", []any{doc{at("name", "hr")}}),
		at("messages", []any{ref("#/channels/hr-absence/messages/hr-event"), ref("#/channels/hr-absence/messages/hr-event-structured")}),
		at("bindings", queue("absence")),
		at("reply", doc{at("channel", ref("#/channels/hr-answers")),
			at("messages", []any{ref("#/channels/hr-answers/messages/hr-receipt"), ref("#/channels/hr-answers/messages/hr-refusal")})}),
	})}
	story := at("correlationId", doc{at("location", "$message.header#/ce-id"), at("description", "The correlation id of all that follows from it.")})
	messages = doc{
		at("hr-event", doc{
			at("name", "hr-event"), at("title", "HR event, binary mode"), at("contentType", "application/json"),
			at("summary", "One absence: attributes as ce-* headers, the absence as body."),
			at("headers", ref("#/components/schemas/HRHeaders")), story,
			at("payload", ref("./openapi/absence.json#/components/schemas/Fields")),
			at("examples", []any{doc{at("name", "an absence with an end"),
				at("headers", doc{at("ce-specversion", "1.0"), at("ce-id", "7f1c"), at("ce-source", "/hr/paisy"), at("ce-type", "hr.absence.reported.v1")}),
				at("payload", doc{at("absence_id", "A-1001"), at("employee", "e-17"), at("from", "2026-12-01"), at("until", "2026-12-04"), at("revision", 1)}),
			}}),
		}),
		at("hr-event-structured", doc{
			at("name", "hr-event-structured"), at("title", "HR event, structured mode"), at("contentType", events.StructuredContentType),
			at("summary", "The same as one JSON document."),
			at("correlationId", doc{at("location", "$message.payload#/id")}),
			at("payload", ref("#/components/schemas/HRStructured")),
		}),
		at("hr-receipt", doc{
			at("name", "hr-receipt"), at("title", "Receipt"), at("contentType", "application/json"),
			at("summary", "recorded: it says something new; unchanged: it says what is known, or is older; duplicate: this very ce-id was taken in before."),
			at("payload", ref("#/components/schemas/HRReceipt")),
		}),
		at("hr-refusal", doc{
			at("name", "hr-refusal"), at("title", "Refusal"), at("contentType", "application/json"),
			at("summary", "refused: the message is bad, problem names the fields, and sending it again does not help; failed: nothing is recorded, send it again."),
			at("payload", ref("#/components/schemas/HRRefusal")),
		}),
	}
	return channels, operations, messages
}

// backfillParts: a service answers for its public log.
func backfillParts() (channels, operations, messages doc) {
	for _, s := range lotse.Services {
		name := "log-" + s
		channels = append(channels, at(name, doc{
			at("address", events.BackfillSubject(s)), at("title", "The public log of "+s),
			at("description", "Ask for what the stream does not hold any more. An answer has at most 1000 events and 512 KiB; ask again after its last one."),
			at("messages", doc{at("log-request", ref("#/components/messages/log-request"))}),
		}))
		operations = append(operations, at("answer-"+name, doc{
			at("action", "receive"), at("title", "Tell the public log after a position"), at("channel", ref("#/channels/"+name)),
			at("summary", "Events follow the position asked for, in order and without holes."),
			at("description", "Straight from the log, which is the truth; the stream is a cache of it."),
			at("tags", []any{doc{at("name", s)}}),
			at("messages", []any{ref("#/channels/" + name + "/messages/log-request")}),
			at("bindings", queue("lotse-log-"+s)),
			at("reply", doc{at("channel", ref("#/channels/log-answers")), at("messages", []any{ref("#/channels/log-answers/messages/log-page")})}),
		}))
	}
	channels = append(channels, at("log-answers", doc{at("address", nil), at("title", "The reply subject of the request"),
		at("messages", doc{at("log-page", ref("#/components/messages/log-page"))})}))
	messages = doc{
		at("log-request", doc{at("name", "log-request"), at("title", "Which part of the log"), at("contentType", "application/json"),
			at("payload", ref("#/components/schemas/LogRequest")),
			at("examples", []any{doc{at("name", "the first hundred"), at("payload", doc{at("after", 0), at("limit", 100)})}})}),
		at("log-page", doc{at("name", "log-page"), at("title", "A part of the log, or why there is none"), at("contentType", "application/json"),
			at("payload", ref("#/components/schemas/LogPage"))}),
	}
	return channels, operations, messages
}

// bucketParts: what a frontend starts from.
func bucketParts() (channels, operations, messages doc) {
	channels = doc{at("slots-bucket", doc{
		at("address", "$KV."+booking.SlotsBucket+".{centre}.{day}"), at("title", "Key-value bucket "+booking.SlotsBucket),
		at("description", "The newest free slots of each centre-day. Read the bucket, then the stream "+events.StreamName("booking")+
			" from the greatest position read + 1, and nothing is missed."),
		at("messages", doc{at("slots-value", ref("#/components/messages/slots-value"))}),
		at("parameters", doc{
			at("centre", doc{at("description", "The centre's id."), at("location", "$message.payload#/slots/centre")}), at("day", doc{at("description", "The date."), at("location", "$message.payload#/slots/day")})}),
		at("x-jetstream", doc{at("bucket", booking.SlotsBucket)}),
	})}
	operations = doc{at("mirror-slots", doc{at("action", "send"), at("title", "Keep the bucket of slots"), at("channel", ref("#/channels/slots-bucket")),
		at("summary", "An older position never replaces a newer one."), at("description", "The bucket is filled again when it was lost."), at("tags", []any{doc{at("name", "booking")}}),
		at("messages", []any{ref("#/channels/slots-bucket/messages/slots-value")})})}
	messages = doc{at("slots-value", doc{at("name", "slots-value"), at("title", "Free slots of one centre-day"), at("contentType", "application/json"),
		at("payload", ref("#/components/schemas/SlotsValue"))})}
	return channels, operations, messages
}

func text(description string) *schema { return &schema{Type: "string", Description: description} }

func whole(description string) *schema { return &schema{Type: "integer", Description: description} }

// instant is a time on the wire.
func instant(description string) *schema {
	return &schema{Type: "string", Format: "date-time", Description: description}
}

// components are the schemas that belong to the bus alone.
func components() doc {
	ce := func(name string, s *schema) property { return property{"ce-" + name, s} }
	attributes := properties{
		ce("specversion", text("CloudEvents 1.0.")), ce("id", text("Unique for its source.")), ce("source", text("lotse/<service>, or what a foreign sender calls itself.")),
		ce("type", text("The event's type and version.")),
	}
	required := []string{"ce-specversion", "ce-id", "ce-source", "ce-type"}
	position := property{"position", whole("Position in the public log of booking.")}
	return doc{
		at("EventHeaders", fromSchema(&schema{Type: "object", Required: append(required, "ce-subject", "ce-time", "ce-recordedtime", "ce-correlationid", "ce-lotseepoch", "ce-lotseposition"),
			Properties: append(attributes[:4:4],
				ce("subject", text("The key, as in the NATS subject.")), ce("time", instant("When it occurred.")), ce("recordedtime", instant("When it was written down.")),
				ce("correlationid", text("The id of the event that began the story.")), ce("causationid", text("The id of the direct cause.")),
				ce("lotseepoch", &schema{Type: "string", Pattern: `^\d+$`, Description: "The log's epoch; raised when a log is restored from a backup. Versions compare as (epoch, version)."}),
				ce("lotseposition", &schema{Type: "string", Pattern: `^\d+$`, Description: "Position in the service's public log, the stream's sequence."}),
				property{"traceparent", text("W3C trace context.")})})),
		at("HRHeaders", fromSchema(&schema{Type: "object", Required: required, Properties: append(attributes[:3:3],
			ce("type", &schema{Type: "string", Pattern: `(^|\.)hr\.absence\.(reported|changed|cancelled)\.v1$`, Description: "The sender may put its own name before it."}),
			ce("time", instant("When it was said; decides the order where there is no revision.")))})),
		at("HRStructured", doc{at("type", "object"), at("required", []string{"specversion", "id", "source", "type", "data"}),
			at("properties", doc{
				at("specversion", fromSchema(text("CloudEvents 1.0."))), at("id", fromSchema(text("Unique for its source."))), at("source", fromSchema(text("What the sender calls itself."))),
				at("type", fromSchema(text("As ce-type."))), at("time", fromSchema(instant("When it was said."))),
				at("data", ref("./openapi/absence.json#/components/schemas/Fields"))})}),
		at("HRReceipt", ref("./openapi/absence.json#/components/schemas/Receipt")),
		at("HRRefusal", doc{at("allOf", []any{ref("./openapi/absence.json#/components/schemas/Receipt"),
			doc{at("type", "object"), at("required", []string{"problem"}), at("properties", doc{at("problem", ref("./openapi/absence.json#/components/schemas/ErrorModel"))})}})}),
		at("LogRequest", fromSchema(&schema{Type: "object", Properties: properties{
			{"after", whole("Public position; 0: from the beginning.")}, {"limit", whole("How many events; 0: only epoch and head.")}}})),
		at("LogPage", fromSchema(&schema{Type: "object", Required: []string{"epoch", "head", "events"}, Properties: properties{
			{"error", text("Why there is no page; then the rest says nothing.")}, {"epoch", whole("Of the log.")}, {"head", whole("Newest public position.")},
			{"fork", whole("Up to where this epoch shares its past with the one before.")},
			{"events", &schema{Type: "array", Items: &schema{Type: "object"}, Description: "CloudEvents in structured mode."}}}})),
		at("SlotsValue", doc{at("type", "object"), at("required", []string{"epoch", "position", "slots"}), at("properties", doc{
			at("epoch", fromSchema(whole("Epoch of booking's log."))), at(position.name, fromSchema(position.schema)),
			at("slots", ref("./schemas/lotse.booking.slots-changed.v1.json"))})}),
	}
}

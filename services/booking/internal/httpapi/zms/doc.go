// Package zms serves the citizen API of ZMS, the appointment system of Berlin
// and Munich (it-at-m/eappointment, zmscitizenapi), so that a frontend made for
// it can use Lotse. Paths, parameters and fields are those of its routing and
// its schemas citizenapi/*.json; answers come from Lotse's own search, holds
// and appointments.
//
// What differs, because Lotse does not guess:
//
//   - Lotse's centres and services have names, ZMS has numbers: each gets one
//     from a hash of its name, the same on every replica and after each start.
//   - processId is a number derived from the hold by HMAC and proves nothing.
//     authKey holds the hold's id and a secret of 130 bits. Nothing is stored
//     but a keyed hash, and nothing can be counted through.
//   - A process that is not there and one whose authKey is wrong are answered
//     alike, appointmentNotFound; ZMS tells them apart.
//   - Where the policy wants a double opt-in, preconfirm-appointment sends
//     Lotse's own letter, and confirm-appointment needs the secret of the link
//     in it. Where it does not, preconfirm-appointment already confirms.
//   - customTextfield and customTextfield2 are refused: Lotse keeps nothing
//     about citizens but name, address and language.
//   - slotTimeInMinutes is 5, Lotse's grid, and slots counts those.
package zms

package wording

// Text is one thing said in both languages.
type Text struct {
	De string `json:"de"`
	En string `json:"en"`
}

// In is the text in "de" or, for every other language, "en".
func (t Text) In(language string) string { return t.At(Of(language)) }

// At is the text in a language.
func (t Text) At(l Lang) string { return l.Of(t.De, t.En) }

// Lang is a language while a sentence is made.
type Lang int

// Languages.
const (
	De Lang = iota
	En
)

// Of is the language called "de" or, for every other name, English.
func Of(language string) Lang {
	if language == "de" {
		return De
	}
	return En
}

// Both makes a text from a function of the language.
func Both(f func(l Lang) string) Text { return Text{f(De), f(En)} }

// Of picks one of two.
func (l Lang) Of(german, english string) string {
	if l == De {
		return german
	}
	return english
}

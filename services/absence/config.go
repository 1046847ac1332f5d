package absence

import "fmt"

// Config of the absence service.
type Config struct {
	HRWorkers int `envconfig:"HR_WORKERS" default:"64" desc:"HR messages over NATS taken in at once; messages about one absence stay in order. More share a commit, fewer use less memory."`
	HRQueue   int `envconfig:"HR_QUEUE" default:"256" desc:"HR messages that may wait per worker before the subscription slows down."`
}

// DefaultConfig has the defaults of the tags.
func DefaultConfig() Config { return Config{HRWorkers: 64, HRQueue: 256} }

// Validate names the first field that cannot work.
func (c Config) Validate() error {
	if c.HRWorkers < 1 || c.HRWorkers > 1024 {
		return fmt.Errorf("HR_WORKERS is %d: give 1 to 1024", c.HRWorkers)
	}
	if c.HRQueue < 1 || c.HRQueue > 65536 {
		return fmt.Errorf("HR_QUEUE is %d: give 1 to 65536", c.HRQueue)
	}
	return nil
}

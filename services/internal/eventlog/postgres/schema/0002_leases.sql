-- Which of several replicas does what one alone should; see decision 7.
CREATE TABLE @schema@.leases (
  name   text COLLATE "C" PRIMARY KEY,
  holder text NOT NULL,
  term   bigint NOT NULL CHECK (term > 0),
  until  timestamptz NOT NULL
) WITH (fillfactor = 50);

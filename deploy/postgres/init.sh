#!/bin/sh
# Roles of the services, each with a schema of its own that nobody else may read.
# Postgres runs it once, when the cluster is made; passwords come from files.
set -eu
: "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=lotse}" "${PASSWORDS:=/run/secrets}"
for service in absence staffing capacity booking; do
  psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v role="lotse_$service" -v schema="lotse_$service" \
    -v password="$(cat "$PASSWORDS/postgres-$service")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password' CONNECTION LIMIT 64;
CREATE SCHEMA :"schema" AUTHORIZATION :"role";
ALTER ROLE :"role" SET search_path = :"schema";
SQL
done
psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$(cat "$PASSWORDS/postgres-monitor")" <<'SQL'
CREATE ROLE monitor LOGIN PASSWORD :'password' CONNECTION LIMIT 4;
GRANT pg_monitor TO monitor;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL

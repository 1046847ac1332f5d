{{/* Names and labels. */}}
{{- define "lotse.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end }}

{{- define "lotse.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
{{ include "lotse.common" . }}
{{- end }}

{{/* beside lotse.selector, which has the instance */}}
{{- define "lotse.common" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/part-of: lotse
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
{{- end }}

{{/* of a service: dict root, service */}}
{{- define "lotse.selector" -}}
app.kubernetes.io/name: {{ .service }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component | default "service" }}
{{- end }}

{{- define "lotse.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}{{ .Values.serviceAccount.name | default (include "lotse.fullname" .) }}{{- else -}}{{ .Values.serviceAccount.name | default "default" }}{{- end -}}
{{- end }}

{{- define "lotse.image" -}}
{{- $image := printf "%s/%s/%sd" .root.Values.image.registry .root.Values.image.repository .service -}}
{{- with get .root.Values.image.digests .service -}}{{ $image }}@{{ . }}{{- else -}}{{ $image }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}{{- end -}}
{{- end }}

{{/* What no container of ours may do. */}}
{{- define "lotse.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "lotse.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Settings that do without the bus: the database. */}}
{{- define "lotse.envBase" -}}
- name: LOTSE_DATA
  value: /data
- name: LOTSE_POSTGRES_FILE
  value: /run/lotse/postgres/url
- name: LOTSE_POSTGRES_CONNECTIONS
  value: {{ .root.Values.postgres.connections | quote }}
- name: LOTSE_LOG_LEVEL
  value: {{ .root.Values.logLevel }}
{{- if has .service (list "absence" "staffing") }}
- name: {{ printf "LOTSE_%s_PSEUDONYM_KEY_FILE" (upper .service) }}
  value: /run/lotse/pseudonym/pseudonym.key
{{- end }}
{{- if eq .service "booking" }}
- name: LOTSE_BOOKING_KEY_FILE
  value: /run/lotse/key/booking.kek
{{- end }}
{{- end }}

{{- define "lotse.env" -}}
{{- $v := .root.Values -}}
{{ include "lotse.envBase" . }}
- name: LOTSE_HTTP
  value: 0.0.0.0:8080
- name: LOTSE_NATS
  value: {{ $v.nats.url | quote }}
- name: LOTSE_NATS_CREDS
  value: /run/lotse/nats/user.nk
{{- if $v.nats.caSecret }}
- name: LOTSE_NATS_CA
  value: /run/lotse/nats-ca/ca.pem
{{- end }}
- name: LOTSE_BUS_REPLICAS
  value: {{ $v.nats.replicas | quote }}
- name: LOTSE_DRAIN
  value: {{ $v.drain | quote }}
{{- with $v.otlp.endpoint }}
- name: LOTSE_OTLP
  value: {{ . | quote }}
{{- end }}
{{- if $v.tokensSecret }}
- name: LOTSE_TOKENS_FILE
  value: /run/lotse/tokens/tokens.list
{{- end }}
{{- with $v.trustedProxies }}
- name: LOTSE_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
{{- end }}
{{- if $v.oidc.issuer }}
- name: LOTSE_OIDC_ISSUER
  value: {{ $v.oidc.issuer | quote }}
- name: LOTSE_OIDC_AUDIENCE
  value: {{ $v.oidc.audience | quote }}
{{- if $v.oidc.clientID }}
- name: LOTSE_OIDC_CLIENT_ID
  value: {{ $v.oidc.clientID | quote }}
- name: LOTSE_OIDC_CLIENT_SECRET_FILE
  value: /run/lotse/oidc/client-secret
- name: LOTSE_SESSION_KEY_FILE
  value: /run/lotse/session/session.key
- name: LOTSE_SESSION_URL
  value: {{ required "publicURL must be set for people to log in (oidc.clientID)" $v.publicURL | quote }}
{{- end }}
{{- end }}
{{- if eq .service "absence" }}
{{- if .values.webhooksSecret }}
- name: LOTSE_ABSENCE_WEBHOOK_SECRETS
  value: /run/lotse/webhooks
{{- end }}
{{- if .values.connectorsSecret }}
- name: LOTSE_ABSENCE_CONNECTORS
  value: /run/lotse/connectors
{{- end }}
{{- end }}
{{- if eq .service "capacity" }}
{{- with $v.publicURL }}
- name: LOTSE_CAPACITY_PUBLIC_URL
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- if eq .service "booking" }}
{{- with $v.publicURL }}
- name: LOTSE_BOOKING_PUBLIC_URL
  value: {{ printf "%s/booking" (trimSuffix "/" .) | quote }}
{{- end }}
{{- with .values.mail }}
{{- if .address }}
- name: LOTSE_BOOKING_SMTP_ADDRESS
  value: {{ .address | quote }}
- name: LOTSE_BOOKING_SMTP_PROTECT
  value: {{ .protect | quote }}
- name: LOTSE_BOOKING_MAIL_FROM
  value: {{ required "services.booking.mail.from must be set where mail.address is" .from | quote }}
- name: LOTSE_BOOKING_MAIL_NAME
  value: {{ .name | quote }}
{{- if .user }}
- name: LOTSE_BOOKING_SMTP_USER
  value: {{ .user | quote }}
- name: LOTSE_BOOKING_SMTP_PASSWORD_FILE
  value: /run/lotse/mail/password
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $value := .values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Secrets by name: dict of folder → secret, of one service. */}}
{{- define "lotse.secretsBase" -}}
{{- $all := dict "postgres" .values.postgresSecret -}}
{{- if has .service (list "absence" "staffing") }}{{ $_ := set $all "pseudonym" .values.pseudonymSecret }}{{ end -}}
{{- if eq .service "booking" }}{{ $_ := set $all "key" .values.keySecret }}{{ end -}}
{{- toJson $all -}}
{{- end }}

{{- define "lotse.secrets" -}}
{{- $v := .root.Values -}}
{{- $all := fromJson (include "lotse.secretsBase" .) -}}
{{- $_ := set $all "nats" .values.natsSecret -}}
{{- if $v.nats.caSecret }}{{ $_ := set $all "nats-ca" $v.nats.caSecret }}{{ end -}}
{{- if $v.tokensSecret }}{{ $_ := set $all "tokens" $v.tokensSecret }}{{ end -}}
{{- if and $v.oidc.issuer $v.oidc.clientID -}}
{{- $_ := set $all "oidc" (required "oidc.clientSecret must name a Secret where oidc.clientID is set" $v.oidc.clientSecret) -}}
{{- $_ := set $all "session" (required "oidc.sessionSecret must name a Secret where oidc.clientID is set" $v.oidc.sessionSecret) -}}
{{- end -}}
{{- if eq .service "absence" -}}
{{- if .values.webhooksSecret }}{{ $_ := set $all "webhooks" .values.webhooksSecret }}{{ end -}}
{{- if .values.connectorsSecret }}{{ $_ := set $all "connectors" .values.connectorsSecret }}{{ end -}}
{{- end -}}
{{- if and (eq .service "booking") .values.mail.address .values.mail.user -}}
{{- $_ := set $all "mail" (required "services.booking.mail.passwordSecret must name a Secret where mail.user is set" .values.mail.passwordSecret) -}}
{{- end -}}
{{- toJson $all -}}
{{- end }}

{{- define "lotse.mounts" -}}
- name: data
  mountPath: /data
{{- range $folder, $_ := . }}
- name: {{ $folder }}
  mountPath: /run/lotse/{{ $folder }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "lotse.volumes" -}}
- name: data
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- range $folder, $secret := . }}
- name: {{ $folder }}
  secret:
    secretName: {{ $secret }}
    defaultMode: 0440
{{- end }}
{{- end }}

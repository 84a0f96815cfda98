{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{- define "skyden.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "skyden.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "skyden.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "skyden.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "skyden.selector" -}}
app.kubernetes.io/name: {{ include "skyden.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skyden.labels" -}}
{{ include "skyden.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "skyden.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "skyden.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* The settings, one on each line, in the order of their names. A port without a certificate has to be
meant: the daemon would refuse to start, and this says it sooner. */ -}}
{{- define "skyden.settings" -}}
{{- $settings := dict "data_dir" "/var/lib/skyden" "store" .Values.store
  "diagnostics_address" "0.0.0.0:5680" "diagnostics_allow_plaintext" true -}}
{{- range $port, $number := dict "http" 5681 "admin" 5684 "kds" 5685 -}}
{{- $tls := index $.Values.tls $port -}}
{{- $_ := set $settings (printf "%s_address" $port) (printf "0.0.0.0:%d" (int $number)) -}}
{{- if $tls.secretName -}}
{{- $_ := set $settings (printf "%s_certificate_file" $port) (printf "/etc/skyden/tls/%s/tls.crt" $port) -}}
{{- $_ := set $settings (printf "%s_key_file" $port) (printf "/etc/skyden/tls/%s/tls.key" $port) -}}
{{- else if $tls.allowPlaintext -}}
{{- $_ := set $settings (printf "%s_allow_plaintext" $port) true -}}
{{- else -}}
{{- fail (printf "tls.%s: name a Secret with a certificate (secretName), or say that plaintext is meant (allowPlaintext)" $port) -}}
{{- end -}}
{{- end -}}
{{- if .Values.kdsPublicAddress -}}{{- $_ := set $settings "kds_public_address" .Values.kdsPublicAddress -}}{{- end -}}
{{- if .Values.httpPublicAddress -}}{{- $_ := set $settings "http_public_address" .Values.httpPublicAddress -}}{{- end -}}
{{- if eq .Values.store "postgres" -}}
{{- $_ := required "postgres.dsnSecretName: needed with store postgres" .Values.postgres.dsnSecretName -}}
{{- $_ := set $settings "postgres_dsn_file" "/run/skyden-postgres/dsn" -}}
{{- $_ := set $settings "postgres_require_sync" .Values.postgres.requireSync -}}
{{- if .Values.postgres.caSecretName -}}
{{- $_ := set $settings "postgres_ca_file" (printf "/etc/skyden/postgres-ca/%s" .Values.postgres.caKey) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := merge dict $settings .Values.settings }}
{{ $key }}: {{ $value | toJson }}
{{- end -}}
{{- end -}}

{{- /* Every variable of docs/reference/configuration.md but those that the cluster sets. */ -}}
{{- define "costexport-operator.env" -}}
{{- $azure := .Values.azure }}
{{- $config := .Values.config }}
{{- with .Values.watchNamespaces }}
- name: WATCH_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.watchSelector }}
- name: WATCH_SELECTOR
  value: {{ . | quote }}
{{- end }}
{{- if eq $azure.identity "Secret" }}
{{- range $key := list "AZURE_TENANT_ID" "AZURE_CLIENT_ID" "AZURE_CLIENT_SECRET" }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      name: {{ $azure.existingSecret }}
      key: {{ $key }}
{{- end }}
{{- else }}
{{- with $azure.tenantId }}
- name: AZURE_TENANT_ID
  value: {{ . | quote }}
{{- end }}
{{- with $azure.clientId }}
- name: AZURE_CLIENT_ID
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- with $azure.authorityHost }}
- name: AZURE_AUTHORITY_HOST
  value: {{ . | quote }}
{{- end }}
{{- if $azure.disableInstanceDiscovery }}
- name: AZURE_DISABLE_INSTANCE_DISCOVERY
  value: "true"
{{- end }}
{{- with $azure.resourceManagerEndpoint }}
- name: AZURE_RESOURCE_MANAGER_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with $azure.resourceManagerAudience }}
- name: AZURE_RESOURCE_MANAGER_AUDIENCE
  value: {{ . | quote }}
{{- end }}
{{- with $azure.blobEndpointTemplate }}
- name: AZURE_BLOB_ENDPOINT_TEMPLATE
  value: {{ . | quote }}
{{- end }}
- name: EXPORTS_API_VERSION
  value: {{ $azure.exportsApiVersion | quote }}
- name: OBSERVE_INTERVAL
  value: {{ $config.observeInterval | quote }}
- name: RUN_POLL_INTERVAL
  value: {{ $config.runPollInterval | quote }}
- name: RETRY_INITIAL
  value: {{ $config.retryInitial | quote }}
- name: RETRY_MAX
  value: {{ $config.retryMax | quote }}
- name: RUNS_PER_MINUTE
  value: {{ $config.runsPerMinute | quote }}
- name: LEADER_ELECTION
  value: {{ .Values.leaderElection.enabled | quote }}
{{- if .Values.leaderElection.enabled }}
- name: LEASE_NAMESPACE
  value: {{ include "costexport-operator.leaseNamespace" . }}
- name: LEASE_NAME
  value: {{ include "costexport-operator.leaseName" . }}
{{- end }}
- name: HTTP_PORT
  value: {{ .Values.httpPort | quote }}
- name: EXPORT_METRICS
  value: {{ .Values.monitoring.exportMetrics | quote }}
- name: LOG_FORMAT
  value: {{ $config.logFormat }}
- name: LOG_LEVEL
  value: {{ $config.logLevel }}
{{- with .Values.proxy.https }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
- name: NO_PROXY
  value: {{ concat (list "$(KUBERNETES_SERVICE_HOST)" "kubernetes.default.svc" ".svc" ".cluster.local" "169.254.169.254" "localhost" "127.0.0.1") $.Values.proxy.noProxy | join "," | quote }}
{{- end }}
{{- if or .Values.trustStore.configMap .Values.trustStore.secret }}
- name: JAVA_TOOL_OPTIONS
  value: -Djavax.net.ssl.trustStore=/etc/costexport-operator/trust/{{ .Values.trustStore.key }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

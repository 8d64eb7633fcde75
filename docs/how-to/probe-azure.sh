#!/usr/bin/env bash
# Settles the open questions of docs/azure.md: probe-azure.sh SCOPE STORAGE_ACCOUNT_ID
# Creates exports that never run, named costexport-probe-*, and deletes them. Nothing is written to the storage account.
set -euo pipefail

scope=${1:?the scope, such as /subscriptions/<SUBSCRIPTION_ID>}
storage=${2:?the id of a storage account}
version=${PROBE_API_VERSION:-2025-03-01}
arm=${PROBE_ENDPOINT:-https://management.azure.com}
name=costexport-probe-$RANDOM
today=$(date -u +%Y-%m-%d)
soon=$(($(date -u +%Y) + 1))
work=$(mktemp -d)

# call METHOD NAME API_VERSION [BODY [HEADER=VALUE]]: sets $status; the answer is in body, its headers in log
call() {
  local arguments=(rest --debug --method "$1" --url "$arm${scope%/}/providers/Microsoft.CostManagement/exports${2:+/$2}?api-version=$3")
  [ -z "${4-}" ] || arguments+=(--body "$4")
  [ -z "${5-}" ] || arguments+=(--headers "$5")
  az "${arguments[@]}" >"$work/body" 2>"$work/log" || true # a refusal is an answer too; the Azure CLI logs its status
  status=$(sed -n 's/^.*Response status: \([0-9]*\).*$/\1/p' "$work/log" | tail -1)
  [ -n "$status" ] || { echo "az rest failed:" >&2; cat "$work/log" >&2; exit 1; }
}
clean_up() {
  local each
  for each in "$name" "$name-case" "${name^^}-CASE" "$name-past" "$name-bare" "$name-plain" "$name-legacy" "$name-period"; do
    az rest --method delete --url "$arm${scope%/}/providers/Microsoft.CostManagement/exports/$each?api-version=$version" >/dev/null 2>&1 || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

# A row of the table of evidence in docs/azure.md.
row() { echo "| $1 | $2 | recorded | az rest, $today, api-version $version | \`$3\` |"; }
# member NAME: the first value of a member that is text; nothing for null
member() { sed -n "s/.*\"$1\": *\"\(\(\\\\\"\|[^\"]\)*\)\".*/\1/p" "$work/body" | head -1; }
has() { grep -q "\"$1\"" "$work/body"; }
header() { grep -iq "^.*'\{0,1\}$1'\{0,1\}:" "$work/log"; }

destination='"deliveryInfo": {"destination": {"resourceId": "'$storage'", "container": "exports"}}'
data='"definition": {"type": "Usage", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}}'
# document SCHEDULE [ETAG [DEFINITION]]
document() { echo "{${2:+\"eTag\": \"$2\", }\"properties\": {\"format\": \"Csv\", $destination, ${3:-$data}, \"schedule\": $1}}"; }
inactive='{"status": "Inactive"}'
next_hour=$(date -u -d '+2 hours' +%Y-%m-%dT%H:00:00Z 2>/dev/null || date -u -v+2H +%Y-%m-%dT%H:00:00Z)
active='{"status": "Active", "recurrence": "Daily", "recurrencePeriod": {"from": "'$next_hour'", "to": "'$soon'-12-31T00:00:00Z"}}'

echo "| area | behavior | evidence | source | switch |"
echo "|---|---|---|---|---|"

call put "$name" "$version" "$(document "$active")"
[ "$status" = 201 ] || { echo "the first export was not created:" >&2; grep '^ERROR\|azclierror' "$work/log" >&2; exit 1; }
first=$(member eTag)
if has nextRunTimeEstimate; then row Documents 'The answer to a PUT has `nextRunTimeEstimate`.' EstimateAfterPut.PRESENT
else row Documents 'The answer to a PUT has no `nextRunTimeEstimate`.' EstimateAfterPut.ABSENT; fi
if [[ $first =~ ^.?\"?[0-9a-f]{15,16}.?\"?$ ]]; then row 'Names, ids and stores' 'An eTag is the time of the last write as hexadecimal FILETIME, in inner quotes.' ETags.FILETIME
else row 'Names, ids and stores' 'An eTag is not a FILETIME.' ETags.GUID; fi
if header x-ms-ratelimit-remaining-subscription-writes; then row Throttling 'PUT and POST are charged to writes, DELETE to deletes.' Counter.BY_METHOD
elif header x-ms-ratelimit-remaining-subscription-reads; then row Throttling 'Each operation on exports is charged to subscription-reads.' Counter.READS
else row Throttling 'A PUT names no counter of Azure Resource Manager.' ''; fi

call get "$name" "$version"; one=$(member nextRunTimeEstimate)
sleep 2
call get "$name" "$version"; two=$(member nextRunTimeEstimate)
if [ "$one" != "$two" ]; then row Documents '`nextRunTimeEstimate` is another one with each read.' Estimate.MOVES_WITH_THE_READ
else row Documents '`nextRunTimeEstimate` stays.' Estimate.ON_SCHEDULE; fi
if header '[a-z.-]*retry-after'; then row Throttling 'A 200 names times to wait, though no bucket is exhausted.' QuotaHeaders.RETRY_HINTS_ON_SUCCESS
else row Throttling 'A 200 names no time to wait.' QuotaHeaders.NONE; fi

call put "$name" "$version" "$(document "$active" "$first")"
call put "$name" "$version" "$(document "$active" "$first")"
row Writes "An eTag that is not the latest answers $status." "StaleETag.STATUS_$status"
call get "$name" "$version"
call put "$name" "$version" "$(document "$active" "$(member eTag)")" 'If-None-Match=*'
case $status in
  200) row Writes '`If-None-Match: *` changes nothing.' IfNoneMatch.IGNORED ;;
  412) row Writes '`If-None-Match: *` makes a PUT of an existing export a 412.' IfNoneMatch.HONOURED ;;
  *) row Writes "\`If-None-Match: *\` answers $status." IfNoneMatch.REFUSED ;;
esac

call put "$name-case" "$version" "$(document "$inactive")"
call get "${name^^}-CASE" "$version"
if [ "$status" = 404 ]; then row 'Names, ids and stores' 'Names that differ in letter case alone are two exports.' Names.CASE_SENSITIVE
else row 'Names, ids and stores' 'A name means the same export in any letter case.' Names.CASE_INSENSITIVE; fi

call get '' "$version"
if ! has nextLink; then row Lists 'A list is one page and has no `nextLink`.' ListPages.ONE
elif [ -z "$(member nextLink)" ]; then row Lists '`nextLink` is null.' ListPages.ONE_WITH_NULL_LINK
else row Lists 'A list has several pages.' ListPages.SEVERAL; fi

past='"recurrence": "Daily", "recurrencePeriod": {"from": "2020-01-01T00:00:00Z", "to": "'$soon'-12-31T00:00:00Z"}'
call put "$name-past" "$version" "$(document "{\"status\": \"Inactive\", $past}")"
call put "$name-past" "$version" "$(document "{\"status\": \"Active\", $past}" "$(member eTag)")"
if [ "$status" = 200 ]; then row 'Refusals of a document' 'An update can repeat its past start.' PastStart.MAY_BE_REPEATED
else row 'Refusals of a document' "An update that repeats its past start answers $status." PastStart.REFUSED; fi
period='{"status": "Inactive", "recurrencePeriod": {"from": "'$next_hour'", "to": "'$soon'-12-31T00:00:00Z"}}'
call put "$name-period" "$version" "$(document "$period")"
if [ "$status" = 201 ]; then row Documents 'An inactive schedule can have a period without a recurrence.' InactiveWithoutRecurrence.ACCEPTED
else row Documents "A period without a recurrence answers $status." InactiveWithoutRecurrence.REFUSED; fi
legacy='"definition": {"type": "Usage", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily", "aggregation": {"cost": {"name": "PreTaxCost", "function": "Sum"}}}}'
call put "$name-legacy" "$version" "$(document "$inactive" '' "$legacy")"
if [ "$status" = 201 ]; then row Documents 'A PUT accepts `aggregation` and `grouping`.' LegacyMembers.ACCEPTED
else row Documents 'A PUT refuses `aggregation` and `grouping`.' LegacyMembers.REFUSED; fi

call put "$name-case" 2023-08-01 "$(document "$inactive")"
if [ "$status" = 400 ]; then row 'Names, ids and stores' 'An older api-version cannot create over an export that it cannot see: it wants an eTag.' OldOverNew.WANTS_ETAG
else row 'Names, ids and stores' "An older api-version answers $status to a create over an export that it cannot see." OldOverNew.OVERWRITES; fi
call delete "$name-case" "$version"
call delete "$name-case" "$version"
row Writes "A DELETE of a missing export answers $status." "MissingDelete.STATUS_$status"

-- The kind follows kstatus: Ready, Reconciling, Stalled and observedGeneration. Written for the base library alone: a script in
-- argocd-cm has no other.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end

local function is(type, status)
  return conditions[type] ~= nil and conditions[type].status == status
end

local function health(status, type)
  local condition = conditions[type] or {reason = "Pending", message = "the operator has not seen the object yet"}
  local message = condition.reason
  if condition.message ~= nil and condition.message ~= "" then
    message = message .. ": " .. condition.message
  end
  return {status = status, message = message}
end

if obj.metadata.deletionTimestamp ~= nil then
  return {status = "Progressing", message = "Deleting"}
end

local annotations = obj.metadata.annotations or {}
if annotations["azure.finops.dev/paused"] == "true" then
  return {status = "Suspended", message = "Paused: the annotation azure.finops.dev/paused is true"}
end

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "Pending: the operator has not acted on the newest spec yet"}
end

if is("Reconciling", "True") then
  return health("Progressing", "Reconciling")
end

if is("Stalled", "True") then
  return health("Degraded", "Stalled")
end

if not is("Ready", "True") then
  return health("Progressing", "Ready")
end

if obj.spec.schedule ~= nil and obj.spec.schedule.suspend == true then
  return {status = "Suspended", message = "Suspended: the schedule is in Azure, inactive"}
end

for _, type in ipairs({"LastRunSucceeded", "Delivered", "Backfilled"}) do
  if is(type, "False") then
    return health("Degraded", type)
  end
end

return health("Healthy", "Ready")

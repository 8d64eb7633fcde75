local annotations = obj.metadata.annotations or {}
local paused = annotations["azure.finops.dev/paused"] == "true"

-- A run would be refused of an object that only observes or that is stalled.
local refused = obj.spec.managementPolicy == "Observe"
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Stalled" and condition.status == "True" then
      refused = true
    end
  end
end

local actions = {}
actions["run-now"] = {disabled = paused or refused, displayName = "Run now", iconClass = "fa fa-fw fa-play"}
actions["reconcile-now"] = {disabled = paused, displayName = "Reconcile now", iconClass = "fa fa-fw fa-sync"}
actions["pause"] = {disabled = paused, displayName = "Pause", iconClass = "fa fa-fw fa-pause"}
actions["resume"] = {disabled = not paused, displayName = "Resume", iconClass = "fa fa-fw fa-step-forward"}
return actions

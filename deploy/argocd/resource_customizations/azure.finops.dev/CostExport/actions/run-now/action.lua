local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["azure.finops.dev/run-requested-at"] = os.date("!%Y-%m-%dT%XZ")
-- The months of an earlier request are not asked for again.
obj.metadata.annotations["azure.finops.dev/run-period"] = nil
return obj

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["azure.finops.dev/paused"] = "true"
return obj

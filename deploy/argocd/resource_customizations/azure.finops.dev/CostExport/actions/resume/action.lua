obj.metadata.annotations["azure.finops.dev/paused"] = nil
return obj

-- Runs a script as Argo CD does for one in argocd-cm: obj is global, and of the libraries there are base, table and a safe part of os.
-- Arguments come as environment variables; what the script returns is printed as JSON.
local open, format, gsub, byte, concat = io.open, string.format, string.gsub, string.byte, table.concat
local script, object = os.getenv("SCRIPT"), os.getenv("OBJECT")

local function quoted(text)
  return '"' .. gsub(text, '[%c"\\]', function(char) return format("\\u%04x", byte(char)) end) .. '"'
end

local function json(value)
  if type(value) ~= "table" then
    return type(value) == "string" and quoted(value) or tostring(value)
  end
  local parts = {}
  for _, item in ipairs(value) do
    parts[#parts + 1] = json(item)
  end
  if #parts > 0 then
    return "[" .. concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do
    parts[#parts + 1] = quoted(key) .. ":" .. json(item)
  end
  return "{" .. concat(parts, ",") .. "}"
end

local safe = {time = os.time, date = os.date}
package.loaded.os, package.loaded.io, package.loaded.string, package.loaded.math, package.loaded.debug = safe, nil, nil, nil, nil
obj = dofile(object)
local run = loadfile(script)
os, io, string, math, debug, coroutine, channel, dofile, loadfile = nil
print(json(run()))

-- what cannot be read is no state, or one company's would stop everybody's
local function state_of(raw)
    local is_read, state = pcall(cjson.decode, raw or '')
    return is_read and type(state) == 'table' and state or {}
end

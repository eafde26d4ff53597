-- Opens a file in Neovim with the settings of docs/using/editors.md, and prints what its language client shows of it.
-- Before 0.11, which has no vim.lsp.config, the settings go to the client itself.
-- usage: DOCUMENT=… nvim --headless -u NONE -S editor.lua FILE
local settings = io.open(vim.env.DOCUMENT):read('*a'):match('```lua\n(.-)```')
if vim.lsp.config then
  assert(loadstring(settings))()
  vim.cmd('doautocmd FileType')
else
  local clangd
  local language = setmetatable({
    config = function(_, config) clangd = config end,
    enable = function() end,
  }, { __index = vim.lsp })
  local editor = setmetatable({ lsp = language }, { __index = vim })
  assert(loadstring('local vim = ...; ' .. settings))(editor)
  local client = vim.lsp.start_client({ cmd = clangd.cmd, root_dir = vim.fn.getcwd() })
  vim.bo.filetype = 'cpp'
  vim.lsp.buf_attach_client(0, client)
end
local arrived = vim.wait(300000, function() return #vim.diagnostic.get(0) > 0 end, 100)
assert(arrived, 'no diagnostics after 300 s')
for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
  io.write(('%s:%d: %s [%s]\n'):format(vim.fn.expand('%:t'), diagnostic.lnum + 1, diagnostic.message, diagnostic.code or ''))
end
vim.cmd('qall!')

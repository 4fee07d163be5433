/** The theme is the system's until the button says otherwise; paper is always light. */
const themeButton = document.getElementById('theme')

function isDark() {
  const { theme } = document.documentElement.dataset
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

/** @param {string | undefined} theme */
function useTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
  showTheme()
}

function showTheme() {
  if (themeButton) themeButton.textContent = isDark() ? 'Light' : 'Dark'
  for (const plot of plots) plot.redraw(false)
}

themeButton?.addEventListener('click', () => useTheme(isDark() ? 'light' : 'dark'))
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme)

/** @type {string | undefined} */
let screenTheme
addEventListener('beforeprint', () => {
  screenTheme = document.documentElement.dataset.theme
  useTheme('light')
})
addEventListener('afterprint', () => useTheme(screenTheme))

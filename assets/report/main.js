for (const element of document.querySelectorAll('[data-plot]')) {
  if (!(element instanceof HTMLElement)) continue
  const data = element.parentElement?.querySelector('script')?.textContent ?? 'null'
  drawings[element.dataset.plot ?? '']?.(element, JSON.parse(data))
}
if (themeButton) themeButton.hidden = false
showTheme()

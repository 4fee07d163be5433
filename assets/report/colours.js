/** Resolves a colour of page.css in the theme that holds now; a canvas knows neither var() nor light-dark(). */
const colourProbe = document.body.appendChild(document.createElement('span'))
colourProbe.hidden = true

/** @param {string} name of a custom property, without its dashes */
function colour(name) {
  colourProbe.style.color = `var(--${name})`
  return getComputedStyle(colourProbe).color
}

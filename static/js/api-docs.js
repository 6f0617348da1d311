// Shows the OpenAPI document of this installation.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("api");
  window.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: true, validatorUrl: null });
});

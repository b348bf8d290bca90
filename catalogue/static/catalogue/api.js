/* The API reference: Swagger UI on our own document, asking as whoever is signed in. */
"use strict";

(() => {
  const place = document.getElementById("reference");
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "none",
    requestInterceptor: (request) => {
      const found = token();
      if (found && request.method && !["GET", "HEAD"].includes(request.method)) {
        request.headers["X-CSRFToken"] = found;
      }
      return request;
    },
  });
})();

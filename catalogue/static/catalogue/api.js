/* The API reference: Swagger UI on our own document, asking as whoever is signed in. */
"use strict";

(() => {
  const place = document.getElementById("reference");
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

  /* Only what a page of ours does not have itself: no second title, no second main part. */
  const onAPage = ({ React }) => ({
    components: {
      OnAPage: ({ getComponent, specSelectors }) => {
        const h = React.createElement;
        const state = specSelectors.loadingStatus();
        if (state !== "success") {
          const failed = state === "failed" || state === "failedConfig";
          return h("p", null, failed ? "The document could not be read. Load the page again." : "Reading the document…");
        }
        return h(
          "div",
          { className: "swagger-ui" },
          h(getComponent("SvgAssets")),
          h("div", { className: "scheme-container" }, h(getComponent("AuthorizeBtnContainer", true))),
          h(getComponent("errors", true)),
          h("div", { className: "wrapper" }, h(getComponent("operations", true))),
        );
      },
    },
  });

  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [onAPage],
    layout: "OnAPage",
    deepLinking: true,
    defaultModelsExpandDepth: -1,
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

"""Every route of the house."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView

import catalogue.admin.nouns  # noqa: F401 (puts them into the admin)
import integrations.admin.nouns  # noqa: F401
from catalogue.api.documentation import UnknownPath
from catalogue.web.views.sign_in import SignIn
from config.health import livez, readyz

to_the_docs = RedirectView.as_view(pattern_name="api-docs")

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("login/", login_not_required(SignIn.as_view()), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("api/docs/", to_the_docs, name="api-docs-short"),
    path("api/v1/docs/", include("catalogue.api.docs_urls")),
    path("api/v1/", include("catalogue.api.urls")),
    path("api/v1/", include("integrations.api.urls")),
    re_path(r"^api/", UnknownPath.as_view(), name="api-unknown"),
    path("", include("integrations.web.urls")),
    path("", include("catalogue.web.urls")),
]

handler400 = "catalogue.web.views.errors.bad_request"
handler403 = "catalogue.web.views.errors.forbidden"
handler404 = "catalogue.web.views.errors.not_found"
handler500 = "catalogue.web.views.errors.server_error"

# Customer Desk in a container: the settings come as environment variables, the records live in /desk/var.
FROM python:3.12-slim
RUN useradd --system --home /desk --shell /usr/sbin/nologin desk
WORKDIR /desk
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN mkdir -p var && chown desk:desk var
USER desk
VOLUME /desk/var
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/healthz', timeout=3)"
CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
